/// Replaced by the program.
import Node

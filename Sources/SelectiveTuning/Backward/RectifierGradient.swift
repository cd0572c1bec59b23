/// How a ReLU passes a gradient down.
public enum RectifierGradient: Sendable {
    /// Where the activation is positive, and below the ceiling where there is one.
    case plain
    /// There, and only where the gradient is positive too (Springenberg et al., "Striving for Simplicity", 2015).
    case guided
}

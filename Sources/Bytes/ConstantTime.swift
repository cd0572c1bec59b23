/// Whether two byte strings are equal, in a time that depends on their lengths only: a stranger who guesses a tag must
/// not learn from the answer's delay how many of its bytes are right.
public func constantTimeEqual(_ one: some RandomAccessCollection<UInt8>, _ other: some RandomAccessCollection<UInt8>)
    -> Bool
{
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for (a, b) in zip(one, other) { difference |= a ^ b }
    return difference == 0
}

/// What the stages took, in seconds, over all batches so far.
package struct CUDATimings: Sendable {
    package var upload = 0.0
    package var forward = 0.0
    package var topDown = 0.0
    /// The host's time from the end of a batch until its boxes are known; the device computes the next one meanwhile.
    package var readBack = 0.0
    package var pictures = 0

    package init() {}
}

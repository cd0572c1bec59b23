import Dataset
import Jobs
import Protocol

/// A lease as it is decided: the images' places in the manifest.
struct LeaseOrder: Sendable, Hashable {
    var id: UInt64
    var images: [Int]
}

/// Makes of an order what a node is sent: each image with its annotation. That takes longer than to decide it, and is done
/// beside the thread that decides.
struct LeaseMaker: Sendable {
    let manifest: Manifest
    let masks: InputMasks?

    func lease(_ order: LeaseOrder) -> Lease {
        Lease(
            id: order.id,
            images: order.images.map { LeasedImage(index: UInt32($0), manifest.entries[$0], mask: masks?[$0]) })
    }
}

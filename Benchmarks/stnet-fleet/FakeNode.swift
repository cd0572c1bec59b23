import Bytes
import Dataset
import Dispatch
import Evaluation
import Jobs
import Options
import Protocol
import SelectiveTuning

/// A node that speaks the whole protocol and evaluates nothing: it answers its leases at a given pace with made-up
/// results that hold together, the same ones for the same image. Used on the fleet's queue only.
final class FakeNode: @unchecked Sendable {
    private let name: String
    private let link: any Link<NodeMessage>
    private let fleet: FakeFleet
    private let batch: Int
    private let secondsPerImage: Double
    private var makeResult: ((LeasedImage) -> ImageResult)?
    private var leases: [Lease] = []
    /// Images of the first lease that were sent.
    private var position = 0
    /// When the device has finished what it was given: keeps the pace although timers come late.
    private var isFree = DispatchTime.now()
    private var isBusy = false
    private var isDraining = false
    private var evaluated: UInt64 = 0

    init(name: String, link: any Link<NodeMessage>, fleet: FakeFleet, speed: Double, batch: Int) {
        self.name = name
        self.link = link
        self.fleet = fleet
        self.batch = batch
        secondsPerImage = 1 / speed
    }

    func receive(_ message: CoordinatorMessage) {
        switch message {
        case .job(let job):
            do {
                makeResult = try FakeResults.maker(for: job)
                link.send(
                    .ready(
                        NodeDescription(
                            name: name, device: "none", version: stnetVersion,
                            numerics: try fleet.canary(of: job), batch: UInt32(batch),
                            images: UInt32(clamping: job.sampleIDs.count),
                            samples: job.sampleIDs.map { _ in FakeResults.file.hex })))
            } catch {
                link.send(.refused(.init(.job, "\(error)")))
            }
        case .lease(let lease):
            fleet.leased()
            leases.append(lease)
            work()
        case .cancel(let id):
            guard let place = leases.firstIndex(where: { $0.id == id }), place > 0 else { return }
            leases.remove(at: place)
            link.send(.leaseDone(id))
        case .drain:
            fleet.drained()
            isDraining = true
            endIfDone()
        case .ping: link.send(.heartbeat(Heartbeat(running: leases.first?.id, waiting: 0, evaluated: evaluated)))
        case .image, .weights, .weightsAhead, .status, .artifactsStored: break
        }
    }

    private func work() {
        guard !isBusy, let lease = leases.first else { return }
        isBusy = true
        let count = min(batch, lease.images.count - position)
        isFree = max(isFree, .now()) + Double(count) * secondsPerImage
        fleet.queue.asyncAfter(deadline: isFree) { [self] in finish(count) }
    }

    private func finish(_ count: Int) {
        isBusy = false
        let lease = leases[0]
        link.send(.results(lease: lease.id, lease.images[position..<position + count].map { makeResult!($0) }))
        evaluated += UInt64(count)
        position += count
        if position == lease.images.count {
            link.send(.leaseDone(lease.id))
            leases.removeFirst()
            position = 0
        }
        work()
        endIfDone()
    }

    private func endIfDone() {
        guard isDraining, leases.isEmpty else { return }
        link.send(.goodbye)
        link.close()
    }
}

/// Results that pass the coordinator's checks: boxes and overlaps are computed as a node would.
enum FakeResults {
    static let (width, height) = (500, 375)
    /// Of which every result is said to be.
    static let file = FileDigest(byteCount: 100_000, sha256: [UInt8](repeating: 7, count: 32))

    static func maker(for job: Job) throws -> (LeasedImage) -> ImageResult {
        let options = try JobOptions(job.options)
        let network = try Network(
            json: try JSON.parse(job.networkDescription ?? "", source: "the job"), source: "the job")
        let geometry = Geometry(preset: options.preset, inputSize: network.inputSize, width: width, height: height)
        return { image in
            let corner = Float(image.index % 64)
            let box = Box(corner, corner / 2, corner + 128, corner + 96)
            let match = options.iou.bestMatch(of: box, among: image.boxes.map { geometry.map(Box($0)) })
            return ImageResult(
                index: image.index, file: file,
                outcome: .evaluated(
                    .init(
                        top5: [0, 1, 2, 3, 4], scores: [5, 4, 3, 2, 1], box: Rectangle(box),
                        boxOriginal: Rectangle(geometry.original(box)), iou: match?.iou ?? 0,
                        groundTruthIndex: match.flatMap { $0.iou > 0 ? UInt32($0.index) : nil }, droppedMass: 0,
                        ties: 0, ineligible: 0, isEmpty: false, width: UInt32(width), height: UInt32(height))))
        }
    }
}

import Jobs
import Protocol

/// What a run wants done, in this order.
enum RunAction: Sendable {
    /// Begin a connection; what happens on it comes back under the session's number.
    case connect(session: Int, endpoint: String)
    case send(session: Int, CoordinatorMessage)
    /// Send a lease, which is made of the manifest where it is sent: `LeaseMaker`.
    case lend(session: Int, LeaseOrder)
    /// End a connection after what was sent to it; its last event still comes.
    case close(session: Int)
    /// Stream the bytes of an image or of the weights, as the connection takes them.
    case sendImage(session: Int, index: UInt32)
    /// Say that an image will not come.
    case sendMissing(session: Int, index: UInt32)
    case sendWeights(session: Int, Range<UInt64>)
    /// Of the next run's weights.
    case sendWeightsAhead(session: Int, Range<UInt64>)
    /// Read the coordinator's own copy of an image: `RunEvent.ownFile`.
    case readOwnFile(image: Int)
    /// Write a file of an image aside: `RunEvent.stored` or `.storeFailed`.
    case store(Arrival, ArtifactKind, bytes: [UInt8])
    /// Give the files of an arrival their names, behind what was decided before.
    case keep(Arrival)
    case discard(Arrival)
    /// The connection is over: what lies aside of it counts no more.
    case discardAll(session: Int)
    /// Remove the images' files, once the journal is flushed to the disk as far as it is written: `RunEvent.filesRemoved`.
    case removeFiles(images: [Int])
    /// Write the journal's buffer; `isSynced`: and have it flushed to the disk.
    case writeJournal(isSynced: Bool)
    case note(RunNote)
    case stateChanged(node: String, Schedule.NodeState)
    case end(RunEnding)
}

/// Something that people want to know.
struct RunNote: Sendable {
    var level: NoteLevel
    /// The same words for the same kind of event, for logs.
    var event: StaticString
    var text: String
    /// Under dotted keys such as `node.name`, `image.id`.
    var fields: KeyValuePairs<String, String>
}

/// How a run ended.
public enum RunEnding: Sendable, Equatable {
    /// Each image has a result or was given up.
    case complete
    case interrupted
    /// No node is left that could go on; some had worked.
    case tooFewNodes(reason: String)
    /// No node ever took part, and none said why not: nobody answered, or what did was never ready.
    case unreachable(reason: String)
    /// Every node refused us, or we it.
    case refused(reason: String)
    /// Every node refused the job: data, weights, network.
    case jobRefused(reason: String)
    /// No node's device can do the job.
    case deviceRefused(reason: String)
    /// The results in the journal are of another arithmetic than this machine's.
    case otherNumerics(reason: String)
    /// The weights' file cannot be read any more.
    case weightsUnreadable(reason: String)
    /// The journal cannot be written any more.
    case journalFailed(reason: String)
    /// A picture or map of an image cannot be written.
    case artifactFailed(reason: String)
}

import Dataset
import Evaluation
import SelectiveTuning

extension Geometry {
    /// True boxes of the original in the input, as maps are measured against them: the WSOL benchmark has integers there.
    public func truthOfMaps(_ boxes: [Box], _ convention: IoUConvention) -> [Box] {
        boxes.map { convention == .wsol ? mapToIntegers($0) : map($0) }
    }
}

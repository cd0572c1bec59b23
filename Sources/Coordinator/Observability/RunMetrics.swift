import Options

/// What a run tells a monitoring system.
public struct RunMetrics: Sendable, Hashable {
    public var progress: FleetProgress
    /// Names the run in each series, so that two on one host are two: the path of its results.
    public var run = ""
    public var leasesOutstanding: Int
    /// Results for images that had one already.
    public var duplicateResults: Int
    /// Those of them that differ from the accepted result.
    public var disagreeingResults: Int
    /// Images that failed on two nodes and are tried no more.
    public var imagesQuarantined: Int
    /// Whether the result is valid; nil until the run is over.
    public var isValid: Bool?

    public init(
        progress: FleetProgress, leasesOutstanding: Int = 0, duplicateResults: Int = 0, disagreeingResults: Int = 0,
        imagesQuarantined: Int = 0, isValid: Bool? = nil
    ) {
        self.progress = progress
        self.leasesOutstanding = leasesOutstanding
        self.duplicateResults = duplicateResults
        self.disagreeingResults = disagreeingResults
        self.imagesQuarantined = imagesQuarantined
        self.isValid = isValid
    }

    /// In Prometheus' text format.
    public var prometheusText: String {
        var text = PrometheusText(labels: ("run", run))
        addBuild(to: &text)
        addImages(to: &text)
        addNodes(to: &text)
        addResults(to: &text)
        return text.text
    }

    /// Whether a file that begins with these bytes is such a text.
    static func isMetrics(_ bytes: [UInt8]) -> Bool { bytes.starts(with: "# HELP stnet_".utf8) }

    private func addBuild(to text: inout PrometheusText) {
        text.add(
            "stnet_build_info", .gauge, help: "Always 1; the label says which version runs.",
            [.init(1, ("version", stnetVersion))])
        text.add(
            "stnet_metrics_written_timestamp_seconds", .gauge,
            help: "When these metrics were written, in seconds since 1970.",
            Double(Timestamp.now()) / 1000)
        text.add("stnet_run_finished", .gauge, help: "1 when the run is over.", isValid == nil ? 0 : 1)
        guard let isValid else { return }
        text.add("stnet_run_valid", .gauge, help: "1 when the run's result is valid.", isValid ? 1 : 0)
    }

    private func addImages(to text: inout PrometheusText) {
        let overall = progress.overall
        text.add("stnet_images", .gauge, help: "Images of the run, done or not.", Double(overall.total))
        text.add("stnet_images_done", .gauge, help: "Images done, failed ones included.", Double(overall.done))
        text.add("stnet_images_failed", .gauge, help: "Images that could not be evaluated.", Double(overall.failed))
        text.add(
            "stnet_images_quarantined", .gauge, help: "Images that failed on two nodes.", Double(imagesQuarantined))
        text.add(
            "stnet_images_per_second", .gauge, help: "Images done a second, over the last seconds.",
            progress.recentImagesPerSecond)
        text.add(
            "stnet_seconds_since_result", .gauge, help: "Since the last result came.", progress.secondsSinceResult)
        if let top1 = progress.accuracy.top1 {
            text.add(
                "stnet_top1_accuracy_so_far", .gauge,
                help: "Share of the images done so far whose best class is right.", top1)
        }
        if let localization = progress.accuracy.localization {
            text.add(
                "stnet_iou_at_half_so_far", .gauge,
                help: "Share of the images done so far whose box has an IoU of at least 0.5.", localization)
        }
    }

    private func addNodes(to text: inout PrometheusText) {
        text.add(
            "stnet_nodes", .gauge, help: "Nodes in each state.",
            FleetProgress.Node.State.allCases.map { state in
                .init(Double(progress.nodes.count { $0.state == state }), ("state", state.rawValue))
            })
        let nodes = namedNodes
        text.add(
            "stnet_node_images_total", .counter, help: "Images that a node gave results for.",
            nodes.map { .init(Double($0.node.imagesDone), ("node", $0.label)) })
        text.add(
            "stnet_node_images_per_second", .gauge, help: "A node's images a second, over the last seconds.",
            nodes.map { .init($0.node.imagesPerSecond, ("node", $0.label)) })
        text.add(
            "stnet_node_last_heard_seconds", .gauge, help: "Since a node was last heard.",
            nodes.compactMap { label, node in node.silentSeconds.map { .init($0, ("node", label)) } })
    }

    private func addResults(to text: inout PrometheusText) {
        text.add(
            "stnet_leases_outstanding", .gauge, help: "Leases that nodes have and have not finished.",
            Double(leasesOutstanding))
        text.add(
            "stnet_results_duplicate_total", .counter, help: "Results for images that had one already.",
            Double(duplicateResults))
        text.add(
            "stnet_results_disagreeing_total", .counter, help: "Duplicate results that differ from the accepted one.",
            Double(disagreeingResults))
    }

    /// Each node with a label of its own: two samples with the same labels would make the whole file unreadable.
    private var namedNodes: [(label: String, node: FleetProgress.Node)] {
        var taken: Set<String> = []
        return progress.nodes.compactMap { node in
            for label in [node.name, "\(node.name) at \(node.address ?? "this process")"]
            where taken.insert(label).inserted {
                return (label, node)
            }
            return nil
        }
    }
}

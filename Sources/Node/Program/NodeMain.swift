import Bytes
import Dataset
import Jobs
import Options
import Protocol
import SelectiveTuning

/// The whole of `stnet-node`: reads the command line, serves until it is told to end, gives the exit status.
public enum NodeMain {
    public static func run(arguments: [String]) -> NodeExitStatus {
        signal(SIGPIPE, SIG_IGN)
        defer { StandardError.flush() }
        do {
            if let problem = MemoryLimits.prepareProcess() { throw ProgramError(.unavailable, problem) }
            if let problem = InstructionSet.settingProblem { throw UsageError(problem) }
            let table = NodeOptions.table
            if let text = try table.answer(arguments) { return show(text) }
            let parsed = try ParsedOptions(arguments: arguments, specifications: table.help.options)
            if parsed.switches.contains("help") { return show(table.help.text) }
            if parsed.switches.contains("version") { return show("stnet \(stnetVersion)\n") }
            let configuration = try NodeConfiguration(parsed)
            if let place = configuration.probe {
                let (trust, _) = try trust(configuration)
                let answer = Probe.run(place, trust: trust, reactor: try Reactor())
                StandardOutput.say(answer.line.onOneLine)
                return answer.status
            }
            showWork()
            return try serve(configuration)
        } catch let error as UsageError {
            log("\(error)")
            StandardError.write("stnet-node --help lists the options\n")
            return .usage
        } catch let error as ProgramError {
            log("\(error)")
            return error.status
        } catch let error as KeyError {
            log("\(error)")
            return .refused
        } catch let error as HelpFileError {
            log("\(error)")
            return .badData
        } catch let error as InputCacheOptions.Failure {
            log("\(error)")
            return .badData
        } catch let error as DatasetError {
            log("\(error)")
            return .badData
        } catch {
            log("\(error)")
            return .unavailable
        }
    }

    private static func serve(_ configuration: NodeConfiguration) throws -> NodeExitStatus {
        let gpus = try configuration.gpu.map { choice throws(ProgramError) in try GPU.open(choice, say: log) }
        let (trust, origin) = try trust(configuration)
        let index = try configuration.imagesPath.map { path throws(ProgramError) in try imageIndex(path) }
        let resources = try resources(configuration, gpus, index)
        let notifier = SystemdNotifier()
        let reactor = try Reactor()
        // The port, which may be any that is free, stands in the node's name: so the listener is there first.
        let arrivals = Arrivals()
        let refusals = RefusalLog { log($0) }
        let listener = try listen(configuration, trust, reactor, arrivals, refusals)
        let host = hostName()
        let name =
            configuration.name
            ?? gpus.map { NodeIdentity.gpuName(host: host, uuids: $0.devices.map(\.uuid)) }
            ?? NodeIdentity.cpuName(host: host, port: listener.port, standardPort: HostPort.standardPort)
        let service = NodeService(
            identity: NodeIdentity(name: name), resources: resources,
            tickMilliseconds: min(1000, notifier.watchdogMilliseconds ?? 1000),
            log: { line in
                log(line)
                notifier.send("STATUS=\(line)")
            },
            onTick: {
                if notifier.watchdogMilliseconds != nil { notifier.send("WATCHDOG=1") }
                refusals.tick()
            })
        let place = HostPort(host: listener.host, port: listener.port)
        let announcement = try configuration.announceDirectory.map { directory throws(FileError) in
            let place = HostPort(host: advertisedHost(configuration, host), port: listener.port)
            return try AnnounceFile(directory: directory, name: name, place: "\(place)")
        }
        let lastWords: (@Sendable () -> Void)? = announcement.map { file in { @Sendable in file.remove() } }
        ProcessSignals.install(
            onEnd: {
                service.drain(graceSeconds: configuration.graceSeconds)
                notifier.send("STOPPING=1", "STATUS=finishing the running lease")
                log("ending: the running lease is finished first; once more ends at once")
            },
            lastWords: lastWords,
            onHangUp: {
                // The search may take minutes.
                rereadKey(configuration, listener)
                rescan(index)
            })
        arrivals.begin(service)
        let images = index.map { "\($0.count) images found" } ?? "images from the coordinator"
        log("listening on \(place) as \(name), \(resources.device), \(images), \(origin)")
        notifier.send("READY=1", "STATUS=listening on \(place)")
        service.waitUntilStopped()
        // Before the port is free: a successor that takes it announces the same place.
        announcement?.remove()
        listener.close()
        reactor.stop()
        if let reason = service.deviceFailure { throw ProgramError(.deviceFailed, "ended: \(reason)") }
        if let inputs = resources.inputs { log(inputs.description) }
        log("ended")
        return .success
    }

    private static func imageIndex(_ path: String) throws(ProgramError) -> ImageIndex {
        do {
            return try ImageIndex(root: path)
        } catch {
            let text = "\(error)"
            throw ProgramError(.badData, text.hasPrefix("\(path): cannot ") ? "--images \(text)" : text)
        }
    }

    private static func resources(
        _ configuration: NodeConfiguration, _ gpus: ServedGPUs?, _ index: ImageIndex?
    ) throws -> NodeResources {
        let images: ImageSource = index.map { .files($0) } ?? .remote
        let cache = WeightsCache(directory: configuration.weightsCache, alsoIn: "weights")
        cache.removeLeftovers()
        let weights = WeightsSource.cache(cache)
        return try NodeResources.on(
            gpus, images: images, weights: weights, threads: configuration.threads, batch: configuration.batch,
            inputs: try configuration.inputCache?.open())
    }

    private static func trust(
        _ configuration: NodeConfiguration, makes: Bool = true
    ) throws(KeyError) -> (Trust, origin: String) {
        if configuration.isInsecure { return (.insecure, "no key") }
        // A probe leaves nothing behind.
        let loaded = try SharedKey.load(path: configuration.keyFile, makes: makes && configuration.probe == nil)
        return (.key(loaded.key, also: loaded.next), loaded.origin)
    }

    /// SIGHUP: connections from now on are held to the key files as they are now.
    private static func rereadKey(
        _ configuration: NodeConfiguration, _ listener: TCPListener<NodeMessage, CoordinatorMessage>
    ) {
        guard !configuration.isInsecure else { return }
        do throws(KeyError) {
            let (trust, origin) = try trust(configuration, makes: false)
            listener.use(trust)
            log("SIGHUP: \(origin)")
        } catch {
            log("SIGHUP: the key stays as it was: \(error)")
        }
    }

    private static func listen(
        _ configuration: NodeConfiguration, _ trust: Trust, _ reactor: Reactor, _ arrivals: Arrivals,
        _ refusals: RefusalLog
    ) throws -> TCPListener<NodeMessage, CoordinatorMessage> {
        do {
            return try TCPListener(
                address: configuration.listen, trust: trust, reactor: reactor, unhandled: LinkLimits.unhandled,
                report: refusals.add
            ) { link, peer in
                arrivals.service.connected(link, peer: peer)
            }
        } catch let refusal as LinkRefusal {
            throw UsageError(refusal.text)
        } catch LinkClosure.unreachable(let reason) {
            let place = "\(configuration.listen)"
            let named = reason.hasPrefix(place) ? reason : "\(place): \(reason)"
            throw ProgramError(.unavailable, "--listen: cannot listen on \(named)")
        } catch let error as TransportError {
            let hint = error.code == EADDRINUSE ? "; give another port, or 0 for any that is free" : ""
            throw ProgramError(.unavailable, "--listen: \(error)\(hint)")
        }
    }

    /// Where coordinators should connect: the host asked for, the address listened on if it is one, or the host's name.
    package static func advertisedHost(_ configuration: NodeConfiguration, _ host: String) -> String {
        if let advertised = configuration.advertise { return advertised }
        let listened = configuration.listen.host
        if listened.isEmpty { return configuration.isInsecure ? "localhost" : host }
        return ["0.0.0.0", "::"].contains(listened) ? host : listened
    }

    private static func hostName() -> String {
        var name = [CChar](repeating: 0, count: 256)
        guard gethostname(&name, name.count - 1) == 0, name[0] != 0 else { return "localhost" }
        return String(decoding: name.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }

    private static func rescan(_ index: ImageIndex?) {
        guard let index else { return log("SIGHUP: no images of its own to search") }
        do {
            try index.rescan()
            log("SIGHUP: \(index.count) images found")
        } catch {
            log("SIGHUP: what was known of the images stays: \(error)")
        }
    }

    private static func show(_ text: String) -> NodeExitStatus {
        StandardOutput.write(text)
        guard let problem = StandardOutput.problem else { return .success }
        log(problem)
        return .badData
    }

    /// What takes long, such as searching a folder of a million files, is told of now and then.
    private static func showWork() {
        let lock = Lock()
        nonisolated(unsafe) var text = WorkText(isLive: false)
        WorkMeter.observe { work in
            if let line = lock.withLock({ text.line(work) }) { log(line) }
        }
    }

    /// For threads that serve coordinators too: none of them waits for whoever reads this.
    private static func log(_ text: String) { StandardError.post("stnet-node", text) }

    /// Connections that come before the service is there wait the moment that it takes.
    private final class Arrivals: @unchecked Sendable {
        private let condition = Condition()
        private var value: NodeService?

        func begin(_ service: NodeService) {
            condition.withLock {
                value = service
                condition.broadcast()
            }
        }

        var service: NodeService {
            condition.withLock {
                while value == nil { condition.wait() }
                return value!
            }
        }
    }
}

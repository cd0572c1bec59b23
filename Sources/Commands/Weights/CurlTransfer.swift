import Bytes
import Coordinator
import Options

/// One GET by the system's curl, whose business are names, certificates, proxies and redirects.
struct CurlTransfer {
    /// As it is called in PATH, or its path.
    let program: String
    let url: String
    /// The byte from which on the file is asked for.
    let offset: Int
    /// A connection over which nothing comes for so long is given up.
    let stallSeconds: Int

    /// At most this many redirects are followed.
    static let redirectLimit = 5

    var arguments: [String] {
        [
            "--silent", "--show-error", "--include", "--suppress-connect-headers", "--no-buffer", "--globoff",
            // The bytes as they are: the digest and the ranges are of the file, not of an encoding of it.
            "--no-compressed", "--header", "Accept-Encoding: identity",
            // A redirect to plain http would tell everybody what is fetched.
            "--location", "--max-redirs", String(Self.redirectLimit), "--proto", "=http,https", "--proto-redir",
            "=https",
            "--connect-timeout", String(stallSeconds), "--speed-limit", "1", "--speed-time", String(stallSeconds),
        ] + (offset > 0 ? ["--range", "\(offset)-"] : []) + ["--url", url]
    }

    /// Returns when the body has ended. `onHead` is called before `onBody`; what they throw ends the transfer and is thrown
    /// here. Throws `FetchError` for what curl reports. Blocks.
    func run(
        onHead: (ResponseHead) throws -> Void, onBody: (UnsafeRawBufferPointer) throws -> Void
    ) throws {
        let curl: ChildProcess
        do throws(FileError) {
            curl = try ChildProcess(program, arguments)
        } catch {
            throw error.isMissing ? FetchError.noCurl : FetchError(error)
        }
        var reader = ResponseReader()
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let call = SystemCall.run { read(curl.output, &buffer, buffer.count) }
            guard case .done(let count) = call, count > 0 else { break }
            let isNew = reader.head == nil
            let body = try reader.take(buffer[..<count])
            if isNew, let head = reader.head { try onHead(head) }
            if !body.isEmpty { try body.withUnsafeBytes(onBody) }
        }
        let said = ChildProcess.readAll(curl.errors, limit: 4096)
        let status = curl.wait()
        if let error = error(status: status, said: said, reader: reader) { throw error }
    }

    /// What an exit status of curl means; nil where all came.
    func error(status: Int32, said: String, reader: ResponseReader) -> FetchError? {
        let hasBegun = reader.head != nil
        let text = Self.words(said) ?? "curl ended with status \(status)"
        switch status {
        case 0: return hasBegun ? nil : .malformed("the server sends no response")
        case 28: return .cut(hasBegun ? "nothing came for \(stallSeconds) s" : "no answer within \(stallSeconds) s")
        case 47: return .malformed("the server redirects more than \(Self.redirectLimit) times")
        case 1 where reader.redirect != nil:
            return .redirectRefused(TerminalText.clipped(reader.redirect ?? "", width: 200))
        // Reading, writing, an empty answer, a stream of HTTP/2 or HTTP/3 that was reset.
        case 16, 18, 52, 55, 56, 92, 95: return .cut("the connection broke: \(text)")
        case _ where hasBegun: return .cut("the connection broke: \(text)")
        // Also where no trusted connection came about: trying again at once would not help.
        default: return .unreachable(text)
        }
    }

    /// "Could not resolve host: x" of "curl: (6) Could not resolve host: x".
    private static func words(_ said: String) -> String? {
        guard let line = said.split(separator: "\n").last(where: { $0.hasPrefix("curl: ") }) else { return nil }
        let text = line.dropFirst(6)
        let start = text.hasPrefix("(") ? text.firstIndex(of: ")").map { text.index(after: $0) } : nil
        return TerminalText.clipped(String(text[(start ?? text.startIndex)...].drop { $0 == " " }), width: 300)
    }
}

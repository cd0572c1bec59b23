import Coordinator
import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// One GET and what comes of it, piece by piece: the body never lies in memory as a whole.
final class HTTPTransfer: NSObject, URLSessionDataDelegate, @unchecked Sendable {
    struct Failure: Error {
        var error: FetchError
        /// Whether a response had come, so that the server is there.
        var hadResponse: Bool
    }

    private let request: URLRequest
    private let stallSeconds: Int
    private let onHead: (ResponseHead) throws -> Void
    private let onBody: (UnsafeRawBufferPointer) throws -> Void
    // The session holds two or three pieces of at most 16 KiB for each that waits.
    private let queue = BoundedOperationQueue(limit: 64)
    private let isOver = DispatchSemaphore(value: 0)
    // Below: only on `queue`, and after `isOver` by the caller.
    private var result: Result<Void, any Error>?
    private var hadResponse = false
    private var redirects = 0
    private var mustCancel = false

    /// At most this many redirects are followed.
    static let redirectLimit = 5

    /// `onHead` is called before `onBody`; what they throw ends the transfer and is thrown by `run`.
    init(
        _ url: URL, fields: [String: String], stallSeconds: Int, onHead: @escaping (ResponseHead) throws -> Void,
        onBody: @escaping (UnsafeRawBufferPointer) throws -> Void
    ) {
        var request = URLRequest(url: url, cachePolicy: .reloadIgnoringLocalCacheData)
        // The bytes as they are: the digest and the ranges are of the file, not of an encoding of it.
        request.setValue("identity", forHTTPHeaderField: "Accept-Encoding")
        for (name, value) in fields { request.setValue(value, forHTTPHeaderField: name) }
        self.request = request
        self.stallSeconds = stallSeconds
        self.onHead = onHead
        self.onBody = onBody
    }

    /// Returns when the body has ended. Throws `Failure`, or what a callback threw. Blocks; once.
    func run() throws {
        let configuration = URLSessionConfiguration.ephemeral
        configuration.urlCache = nil
        configuration.httpCookieAcceptPolicy = .never
        configuration.httpShouldSetCookies = false
        configuration.timeoutIntervalForRequest = Double(stallSeconds)
        let session = URLSession(configuration: configuration, delegate: self, delegateQueue: queue)
        let task = session.dataTask(with: request)
        task.resume()
        isOver.wait()
        queue.open()
        if mustCancel { task.cancel() }
        session.finishTasksAndInvalidate()
        try result?.get()
    }

    /// `isRunning` says whether the session's task would go on.
    private func end(_ result: Result<Void, any Error>, isRunning: Bool) {
        guard self.result == nil else { return }
        self.result = result
        mustCancel = isRunning
        isOver.signal()
    }

    private func fail(_ error: FetchError, isRunning: Bool = false) {
        end(.failure(Failure(error: error, hadResponse: hadResponse)), isRunning: isRunning)
    }

    func urlSession(
        _ session: URLSession, dataTask: URLSessionDataTask, didReceive response: URLResponse,
        completionHandler: @escaping (URLSession.ResponseDisposition) -> Void
    ) {
        completionHandler(.allow)
        guard result == nil, let response = response as? HTTPURLResponse else { return }
        guard !(100..<200).contains(response.statusCode) else { return }
        hadResponse = true
        var fields: [String: String] = [:]
        for case (let name as String, let value as String) in response.allHeaderFields { fields[name] = value }
        do {
            try onHead(ResponseHead(status: response.statusCode, fields: fields))
        } catch {
            end(.failure(error), isRunning: true)
        }
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        guard result == nil else { return }
        guard hadResponse else {
            return fail(.malformed("the server sends a body without a response"), isRunning: true)
        }
        do {
            try data.withUnsafeBytes(onBody)
        } catch {
            end(.failure(error), isRunning: true)
        }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping (URLRequest?) -> Void
    ) {
        redirects += 1
        guard result == nil, let first = self.request.url, let next = request.url,
            SafeURL.mayRedirect(from: first, to: next), redirects <= Self.redirectLimit
        else {
            hadResponse = true
            // The task ends by itself with the redirect, and must not be cancelled while it waits for this answer.
            fail(
                redirects > Self.redirectLimit
                    ? .malformed("the server redirects more than \(Self.redirectLimit) times")
                    : .redirectRefused(TerminalText.clipped(request.url?.absoluteString ?? "nowhere", width: 200)))
            return completionHandler(nil)
        }
        completionHandler(request)
    }

    /// Nobody has a name and a password for it; the session's own way would wait for one for ever.
    func urlSession(
        _ session: URLSession, task: URLSessionTask, didReceive challenge: URLAuthenticationChallenge,
        completionHandler: @escaping (URLSession.AuthChallengeDisposition, URLCredential?) -> Void
    ) {
        #if canImport(Darwin)
            guard challenge.protectionSpace.authenticationMethod != NSURLAuthenticationMethodServerTrust else {
                return completionHandler(.performDefaultHandling, nil)
            }
        #endif
        hadResponse = true
        fail(.status((challenge.failureResponse as? HTTPURLResponse)?.statusCode ?? 401), isRunning: true)
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard result == nil else { return }
        guard let error = error as NSError? else {
            if hadResponse { return end(.success(()), isRunning: false) }
            // A redirect to nowhere comes without its head.
            let status = (task.response as? HTTPURLResponse)?.statusCode
            return fail(status.map(FetchError.status) ?? .malformed("the server sends no response"))
        }
        let text = (error.userInfo[NSLocalizedDescriptionKey] as? String).map {
            TerminalText.clipped($0, width: 300)
        }
        switch error.code {
        case NSURLErrorTimedOut:
            fail(.cut(hadResponse ? "nothing came for \(stallSeconds) s" : "no answer within \(stallSeconds) s"))
        case NSURLErrorNetworkConnectionLost, NSURLErrorBadServerResponse:
            fail(.cut("the connection broke: \(text ?? "no reason is known")"))
        case _ where hadResponse:
            fail(.cut("the connection broke: \(text ?? "no reason is known")"))
        default:
            // Also where no trusted connection came about: trying again at once would not help.
            fail(.unreachable(text ?? "the server cannot be reached (URL error \(error.code))"))
        }
    }
}

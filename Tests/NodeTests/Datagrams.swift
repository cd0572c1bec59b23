import Foundation

/// A socket that receives what is meant for systemd.
final class Datagrams {
    private let descriptor: Int32

    struct CannotBind: Error { let code: Int32 }

    init(_ name: String) throws {
        #if canImport(Darwin)
            descriptor = socket(AF_UNIX, SOCK_DGRAM, 0)
        #else
            descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue), 0)
        #endif
        var address = sockaddr_un()
        address.sun_family = sa_family_t(AF_UNIX)
        let start = MemoryLayout<sockaddr_un>.offset(of: \.sun_path)!
        let length = start + name.utf8.count
        let bound = withUnsafeMutableBytes(of: &address) { bytes in
            for (place, byte) in name.utf8.enumerated() { bytes[start + place] = byte }
            if name.hasPrefix("@") { bytes[start] = 0 }
            return bind(
                descriptor, bytes.baseAddress!.assumingMemoryBound(to: sockaddr.self), socklen_t(length))
        }
        guard bound == 0 else { throw CannotBind(code: errno) }
        var patience = timeval(tv_sec: 60, tv_usec: 0)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
    }

    deinit { close(descriptor) }

    func next() -> String? {
        var bytes = [UInt8](repeating: 0, count: 4096)
        let count = recv(descriptor, &bytes, bytes.count, 0)
        return count < 0 ? nil : String(decoding: bytes.prefix(count), as: UTF8.self)
    }
}

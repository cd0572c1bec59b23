import Foundation
import Protocol
import Testing

@Suite("Keys: files")
struct KeyFileTests {
    /// A directory that goes with the test.
    final class Folder {
        let path: String

        init() throws {
            path = NSTemporaryDirectory() + "/stnet-keys-\(UUID().uuidString)"
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: true)
        }

        deinit { try? FileManager.default.removeItem(atPath: path) }

        func write(_ name: String, bytes: Int = 32, mode: mode_t = 0o600) throws -> String {
            let file = path + "/" + name
            let data = Data((0..<bytes).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) })
            try data.write(to: URL(fileURLWithPath: file))
            guard chmod(file, mode) == 0 else { throw TestFailure("chmod") }
            return file
        }
    }

    private func mode(_ path: String) -> mode_t {
        var status = stat()
        return stat(path, &status) == 0 ? status.st_mode & 0o777 : 0
    }

    @Test(arguments: [mode_t(0o600), 0o400])
    func aGivenFileIsReadAsItIs(_ mode: mode_t) throws {
        let folder = try Folder()
        let file = try folder.write("key", bytes: 40, mode: mode)
        let loaded = try SharedKey.load(path: file, environment: [:])
        #expect(loaded.key == (try SharedKey((0..<40).map { UInt8(truncatingIfNeeded: $0 &* 7 &+ 3) })))
        #expect(loaded.path == file && !loaded.isNew)
    }

    @Test(arguments: [mode_t(0o644), 0o640, 0o660, 0o606, 0o610, 0o440])
    func aFileThatOthersMayUseIsRefusedWithTheRemedy(_ mode: mode_t) throws {
        let folder = try Folder()
        let file = try folder.write("key", mode: mode)
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        let text = error?.description ?? ""
        #expect(text.contains(file) && text.contains("0\(String(mode, radix: 8))"))
        #expect(text.contains("0600") && text.contains("chmod 600 \(file)"))
    }

    @Test(arguments: [UInt8(0), 0x20, 0xff])
    func aFileOfOneByteOverAndOverIsNoKey(_ byte: UInt8) throws {
        let folder = try Folder()
        let file = try folder.write("key")
        try Data(repeating: byte, count: 32).write(to: URL(fileURLWithPath: file))
        #expect(chmod(file, 0o600) == 0)
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        #expect(error?.description.contains("\(file): all its bytes are the same") == true)
    }

    @Test func aKeyWhereEverybodyMayPutAnotherOneIsRefused() throws {
        let folder = try Folder()
        let file = try folder.write("key")
        #expect(chmod(folder.path, 0o777) == 0)
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        #expect(error?.description.contains("may write to its directory") == true)
        // As /tmp is: there, nobody can remove another user's file.
        #expect(chmod(folder.path, 0o1777) == 0)
        _ = try SharedKey.load(path: file, environment: [:])
    }

    @Test func aHomeThatIsNoneIsNamed() {
        let error = #expect(throws: KeyError.self) {
            _ = try SharedKey.load(path: nil, environment: ["HOME": "/dev/null"])
        }
        #expect(
            error?.description.contains("/dev/null/.config/stnet: Not a directory") == true,
            "\(String(describing: error))")
    }

    @Test(arguments: [0, 1, 31, 4097])
    func aFileOfTheWrongSizeIsRefused(_ bytes: Int) throws {
        let folder = try Folder()
        let file = try folder.write("key", bytes: bytes)
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        let text = error?.description ?? ""
        #expect(text.contains(file) && text.contains("\(bytes) bytes, expected 32"))
    }

    @Test func whatIsNoRegularFileIsRefusedWithoutWaiting() throws {
        let folder = try Folder()
        let pipe = folder.path + "/pipe"
        #expect(mkfifo(pipe, 0o600) == 0)
        for path in [pipe, folder.path, "/dev/zero"] {
            let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: path, environment: [:]) }
            #expect(error?.description.contains("not a regular file") == true, "\(path)")
        }
        let missing = folder.path + "/missing"
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: missing, environment: [:]) }
        #expect(error?.description.contains("No such file") == true)
        #expect(access(missing, F_OK) != 0, "a file that was named is not made")
    }

    @Test func theGivenFileComesBeforeTheCredentialAndThatBeforeTheHome() throws {
        let (home, credentials) = (try Folder(), try Folder())
        let given = try home.write("given", bytes: 33)
        let credential = try credentials.write("stnet.key", bytes: 34)
        let environment = ["HOME": home.path, "CREDENTIALS_DIRECTORY": credentials.path]
        #expect(try SharedKey.load(path: given, environment: environment).path == given)
        #expect(try SharedKey.load(path: nil, environment: environment).path == credential)
        #expect(unlink(credential) == 0)
        #expect(try SharedKey.load(path: nil, environment: environment).path == home.path + "/.config/stnet/key")
    }

    /// systemd gives 0440 and root as the owner.
    @Test(arguments: [(mode_t(0o440), true), (0o400, true), (0o600, true), (0o444, false), (0o460, false)])
    func aCredentialOfRootMayBeReadByItsGroup(_ mode: mode_t, _ isFine: Bool) throws {
        guard geteuid() == 0 else {
            print("only root can make a file that belongs to root")
            return
        }
        let folder = try Folder()
        _ = try folder.write("stnet.key", mode: mode)
        let environment = ["CREDENTIALS_DIRECTORY": folder.path]
        if isFine {
            #expect(!(try SharedKey.load(path: nil, environment: environment).isNew))
        } else {
            #expect(throws: KeyError.self) { _ = try SharedKey.load(path: nil, environment: environment) }
        }
    }

    @Test func theFirstUseMakesAKeyForItsOwnerOnlyAndTheNextOneFindsIt() throws {
        let home = try Folder()
        let first = try SharedKey.load(path: nil, environment: ["HOME": home.path])
        #expect(first.isNew && first.path == home.path + "/.config/stnet/key")
        #expect(mode(first.path) == 0o600)
        #expect(mode(home.path + "/.config/stnet") == 0o700)
        let contents = try Data(contentsOf: URL(fileURLWithPath: first.path))
        #expect(contents.count == 32)
        #expect(first.key == (try SharedKey(Array(contents))))
        let second = try SharedKey.load(path: nil, environment: ["HOME": home.path])
        #expect(!second.isNew && second.key == first.key)
        let other = try Folder()
        #expect(try SharedKey.load(path: nil, environment: ["HOME": other.path]).key != first.key)
    }

    @Test func manyThatStartTogetherEndUpWithOneKey() throws {
        for _ in 0..<10 {
            let home = try Folder()
            let environment = ["HOME": home.path]
            let outcomes = Outcomes()
            DispatchQueue.concurrentPerform(iterations: 8) { _ in
                outcomes.add(Result { try SharedKey.load(path: nil, environment: environment).key })
            }
            let keys = try outcomes.all.map { try $0.get() }
            #expect(keys.count == 8)
            #expect(keys.allSatisfy { $0 == keys[0] })
            let left = try FileManager.default.contentsOfDirectory(atPath: home.path + "/.config/stnet")
            #expect(left == ["key"], "no temporary file is left")
        }
    }

    @Test func aHomeThatIsNotKnownIsSaid() {
        let error = #expect(throws: KeyError.self) { _ = try SharedKey.load(path: nil, environment: [:]) }
        #expect(error?.description.contains("--key-file") == true)
    }

    private final class Outcomes: @unchecked Sendable {
        private let lock = NSLock()
        private var outcomes: [Result<SharedKey, any Error>] = []

        func add(_ outcome: Result<SharedKey, any Error>) { lock.withLock { outcomes.append(outcome) } }
        var all: [Result<SharedKey, any Error>] { lock.withLock { outcomes } }
    }
}

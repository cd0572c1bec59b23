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
            let data = Data(KeyFileTests.key(bytes))
            try data.write(to: URL(fileURLWithPath: file))
            guard chmod(file, mode) == 0 else { throw TestFailure("chmod") }
            return file
        }
    }

    /// Bytes without a pattern that the check of keys knows.
    private static func key(_ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: $0 &* $0 &* 3 &+ $0 &* 11 &+ $0 >> 2 &+ 3) }
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
        #expect(loaded.key == (try SharedKey(KeyFileTests.key(40))))
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

    /// What a power failure leaves, and what people type.
    static let weak: [[UInt8]] =
        [
            [UInt8](repeating: 0, count: 32), [UInt8](repeating: 255, count: 4096), Array(0..<64),
            Array((0..<64).reversed()),
        ]
        + [[UInt8](repeating: 0, count: 16) + [9, 200, 3, 77, 150, 18, 90, 254, 13, 61, 8, 121, 176, 44, 230, 99]]
        + [
            String(repeating: "x", count: 32), String(repeating: "x", count: 32) + "\n",
            String(repeating: "password", count: 4), String(repeating: "0123456789abcdef", count: 2),
            String(repeating: "deadbeef", count: 8), String(repeating: "changeme!", count: 8) + "\r\n",
            "password1password2password3password4", "Password1!Password2!Password3!Password4!",
            "abcdefghijklmnopqrstuvwxyz0123456789", "00112233445566778899aabbccddeeff",
            "01010011010101110101010001010010101010101010101010111010",
            "correct horse battery staple and a little more", "correcthorsebatterystapleandalittlemore",
            "#!/bin/sh\nset -eu\necho this is no key at all, is it\n",
        ].map { Array($0.utf8) }

    @Test(arguments: weak)
    func aFileOfLittleVarietyIsNoKey(_ bytes: [UInt8]) throws {
        let folder = try Folder()
        let file = try folder.write("key")
        try Data(bytes).write(to: URL(fileURLWithPath: file))
        #expect(chmod(file, 0o600) == 0)
        let error = try #require(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        #expect(error.description.contains("key file \(file): "))
        #expect(error.description.contains("openssl rand -hex 32 > \(file)"), "\(error)")
    }

    /// Random bytes, as they are and as every usual tool writes them.
    @Test func randomKeysAreGoodInEverySpelling() throws {
        let folder = try Folder()
        let file = try folder.write("key")
        func isGood(_ bytes: [UInt8]) throws -> Bool {
            try Data(bytes).write(to: URL(fileURLWithPath: file))
            return (try? SharedKey.load(path: file, environment: [:])) != nil
        }
        for _ in 0..<200 {
            let drawn = SharedKey.random().bytes
            let hex = drawn.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
            let base64 = Data(drawn).base64EncodedString()
            let digits = (0..<64).map { _ in String(Int.random(in: 0...9)) }.joined()
            let letters = "abcdefghijklmnopqrstuvwxyz0123456789"
            let typed = String((0..<40).map { _ in letters.randomElement()! })
            for text in [hex, hex.uppercased(), base64, digits, typed, UUID().uuidString] {
                #expect(try isGood(Array(text.utf8)), "\(text)")
                #expect(try isGood(Array((text + "\n").utf8)), "\(text)")
            }
            #expect(try isGood(drawn))
        }
    }

    @Test func theKeyThatComesNextStandsBesideIt() throws {
        let folder = try Folder()
        let file = try folder.write("key", bytes: 40)
        #expect(try SharedKey.load(path: file, environment: [:]).next == nil)
        let next = try folder.write("key.next", bytes: 41)
        let loaded = try SharedKey.load(path: file, environment: [:])
        let keys = try (SharedKey(Self.key(40)), SharedKey(Self.key(41)))
        #expect(loaded.key == keys.0 && loaded.next == keys.1)
        #expect(loaded.origin == "key from \(file) and \(next)")
        // It is held to the same rules.
        #expect(chmod(next, 0o644) == 0)
        let error = try #require(throws: KeyError.self) { _ = try SharedKey.load(path: file, environment: [:]) }
        #expect(error.path == next && error.description.contains("chmod 600 \(next)"))
    }

    @Test func aCredentialThatIsNotThereIsNamedAndNoKeyIsMade() throws {
        let (home, credentials) = (try Folder(), try Folder())
        let environment = ["HOME": home.path, "CREDENTIALS_DIRECTORY": credentials.path]
        let error = try #require(throws: KeyError.self) {
            _ = try SharedKey.load(path: nil, environment: environment)
        }
        #expect(error.path == credentials.path + "/stnet.key")
        #expect(error.description.contains("CREDENTIALS_DIRECTORY is set"))
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
    }

    @Test func whoOnlyAsksMakesNoKey() throws {
        let home = try Folder()
        let error = try #require(throws: KeyError.self) {
            _ = try SharedKey.load(path: nil, makes: false, environment: ["HOME": home.path])
        }
        #expect(error.description.contains("\(home.path)/.config/stnet/key: No such file"), "\(error)")
        #expect(try FileManager.default.contentsOfDirectory(atPath: home.path).isEmpty)
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
        #expect(
            try SharedKey.load(path: nil, environment: ["HOME": home.path]).path == home.path + "/.config/stnet/key")
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

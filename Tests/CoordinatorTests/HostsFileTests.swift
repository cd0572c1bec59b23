import Coordinator
import Testing

@Suite struct HostsFileTests {
    @Test func addressesAndComments() throws {
        let text = "# all of them\nalpha\nbeta:7001   # the second\n\n[::1]:7002\r\n"
        let hosts = try HostsFile(bytes: Array(text.utf8), source: "hosts")
        #expect(hosts.addresses.map(\.description) == ["alpha:7000", "beta:7001", "[::1]:7002"])
    }

    @Test func aByteOrderMarkIsNoPartOfTheFirstAddress() throws {
        let mark: [UInt8] = [0xef, 0xbb, 0xbf]
        let hosts = try HostsFile(bytes: mark + Array("alpha:7001\n".utf8), source: "hosts")
        #expect(hosts.addresses.map(\.description) == ["alpha:7001"])
        // Anywhere else it is no address.
        #expect(throws: FleetError.self) {
            try HostsFile(bytes: Array("alpha\n".utf8) + mark + Array("beta\n".utf8), source: "hosts")
        }
    }

    @Test(arguments: [
        ("alpha\nalpha:7000\n", "hosts:2"), ("alpha:seven\n", "seven"), ("alpha:70000\n", "70000"), ("", "hosts"),
        ("a b\n", "hosts:1"), ("::1\n", "hosts:1"),
    ])
    func badFilesNameLineAndProblem(_ text: String, _ expected: String) {
        let error = #expect(throws: FleetError.self) { try HostsFile(bytes: Array(text.utf8), source: "hosts") }
        #expect("\(error!)".contains(expected), "\(error!)")
    }
}

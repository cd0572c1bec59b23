import Commands
import Foundation
import Options
import SelectiveTuning
import Testing

@Suite struct WeightsOptionsTests {
    @Test func everyPublishedNameCarriesEightDigits() {
        for file in PublishedWeights.all {
            #expect(file.digestPrefix.count == 8 && file.digestPrefix.allSatisfy(\.isHexDigit), "\(file)")
            // An evaluation looks for weights/<network>*.pth.
            #expect(file.fileName.hasPrefix(file.network) && file.fileName.hasSuffix(".pth"))
        }
    }

    @Test func names() throws {
        #expect(try WeightsOptions(arguments: []).files.isEmpty)
        #expect(try WeightsOptions(arguments: ["all"]).files == PublishedWeights.all)
        let two = try WeightsOptions(arguments: ["vgg16", "alexnet", "vgg16"])
        #expect(two.files.map(\.network) == ["vgg16", "alexnet"])
        let versions = try WeightsOptions(arguments: ["resnet50", "resnet50-v2"])
        #expect(versions.files.map(\.fileName) == ["resnet50-0676ba61.pth", "resnet50-11ad3fa6.pth"])
        #expect(two.directory == "weights" && two.baseURL == "https://download.pytorch.org/models")
    }

    @Test(arguments: [
        (["alexnt"], "no weights are published for \"alexnt\": expected alexnet, vgg11"),
        (["alexnet", "--out", ""], "--out: expected DIR, found nothing"),
        (["--base-url", "ftp://127.0.0.1"], "--base-url ftp://127.0.0.1: expected https"),
        (["--base-url", "http://example.com"], "--base-url http://example.com: expected https, or http on a loopback"),
        (["--base-url", "http://127.0.0.1.example.com"], "--base-url http://127.0.0.1.example.com: expected https"),
        (["--base-url", "models"], "--base-url models: expected https://HOST/"),
        (["--base-url", "https://a:0/"], "--base-url https://a:0/: expected https://HOST/"),
        (["--base-url", "https://a b/"], "--base-url https://a b/: expected https://HOST/"),
        (["--base-url", "https://[::1/"], "--base-url https://[::1/: expected https://HOST/"),
        (["--base-url", "http://localhost@b/"], "--base-url http://localhost@b/: expected https, or http"),
        (["--base-url", "http://b?@localhost/"], "--base-url http://b?@localhost/: expected https, or http"),
        (["--base-url", "https:///x"], "--base-url https:///x: expected https://HOST/"),
        (["--base-url", "https://a/?b"], "--base-url https://a/?b: expected no query"),
        (["--base-url", "https://me:secret@a/"], "--base-url https://me:secret@a/: expected no user name"),
    ])
    func aWrongCommandLineIsNamed(arguments: [String], message: String) {
        #expect {
            _ = try WeightsOptions(arguments: arguments)
        } throws: { error in
            error is UsageError && "\(error)".hasPrefix(message)
        }
    }

    @Test(arguments: ["https://mirror.example/a/", "http://localhost:8000", "http://127.3.2.1/x", "http://[::1]:80/"])
    func mirrors(url: String) throws {
        let options = try WeightsOptions(arguments: ["alexnet", "--base-url", url])
        #expect(!options.baseURL.hasSuffix("/"))
    }

    @Test func withoutANameTheFilesAreListed() throws {
        let fixture = WeightsFixture()
        let alexnet = fixture.directory + "/alexnet-owt-7be5be79.pth"
        try fixture.write([], to: alexnet)
        var lines: [String] = []
        let status = WeightsCommand(
            try WeightsOptions(arguments: ["--out", fixture.directory]), say: { lines.append($0) }
        )
        .run()
        #expect(status == .valid)
        #expect(lines.count == PublishedWeights.all.count)
        #expect(lines[0] == "alexnet             \(alexnet) (there)")
        #expect(lines[1] == "vgg11               \(fixture.directory)/vgg11-8a719046.pth")
    }
}

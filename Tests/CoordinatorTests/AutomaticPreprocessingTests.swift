import Dataset
import Options
import SelectiveTuning
import Testing

@testable import Coordinator

/// `--preprocess auto`.
@Suite struct AutomaticPreprocessingTests {
    private func found(_ name: String, digest: String? = nil, isCustom: Bool = false) throws -> Preprocessing {
        .automatic(for: try NetworkCatalog.network(named: name), isCustom: isCustom) { digest }
    }

    @Test func theVersionOfTheWeightsIsToldByTheirDigest() throws {
        let (first, second) = ("0676ba61b6795bbe", "11ad3fa6b6795bbe")
        #expect(try found("resnet50", digest: first) == .torchvision)
        #expect(try found("resnet50", digest: second) == .shorterSide(232, .bilinear))
        #expect(try found("resnet50", digest: nil) == .torchvision)
        // Another network's file, and a description that only has the name.
        #expect(try found("resnet101", digest: second) == .torchvision)
        #expect(try found("resnet50", digest: second, isCustom: true) == .torchvision)
    }

    @Test func elseTheNetworkSays() throws {
        #expect(try found("efficientnet_lite0") == .shorterSide(256, .bicubic))
        #expect(try found("inception_v3") == .torchvision)
        for entry in NetworkCatalog.entries {
            #expect(try found(entry.name).problem(inputSize: entry.network.inputSize) == nil)
        }
    }

    /// The digest is not computed where every version is prepared alike.
    @Test func nothingIsReadWhereItDoesNotMatter() throws {
        var asked = false
        _ = Preprocessing.automatic(for: .alexnet, isCustom: false) {
            asked = true
            return nil
        }
        #expect(!asked)
    }

    @Test func whatItChoseIsResolvedAndSaid() throws {
        func configuration(_ arguments: [String]) throws -> EvaluateConfiguration {
            try EvaluateConfiguration(
                ParsedOptions(
                    arguments: ["--weights", "nowhere.pth"] + arguments,
                    specifications: EvaluateOptions.help.options))
        }
        let chosen = try configuration(["--network", "efficientnet_lite0", "--preprocess", "auto"])
        #expect(chosen.options.preset == .shorterSide(256, .bicubic))
        #expect(chosen.resolvedDefaults.contains { $0 == ("preprocess", "256-bicubic") })
        #expect(chosen.options.texts["preprocess"] == "256-bicubic")
        for (value, message) in [
            ("autos", "--preprocess autos: expected auto, stnet, torchvision, squash, or pixels of the shorter side"),
            ("200", "--preprocess 200: a shorter side of 200 pixels has no square of 224"),
        ] {
            #expect {
                _ = try configuration(["--preprocess", value])
            } throws: {
                $0 is UsageError && "\($0)".contains(message)
            }
        }
    }
}

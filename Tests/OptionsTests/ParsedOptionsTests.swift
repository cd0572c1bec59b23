import Bytes
import Options
import Testing

@Suite struct ParsedOptionsTests {
    private let options: [OptionSpecification] = [
        .init("out", "DIR", ""), .init("iou", "stnet|wsol", ""), .init("bottom", "image|pool1|...", ""),
        .init("limit", "N", ""), .init("dry-run", nil, ""),
    ]

    @Test func valuesSwitchesAndOperands() throws {
        let parsed = try ParsedOptions(
            arguments: ["--out", "a b", "--iou=wsol", "--dry-run", "--bottom", "pool3", "--", "--x"],
            specifications: options,
            operands: 0...1)
        #expect(parsed.values == ["out": "a b", "iou": "wsol", "bottom": "pool3"])
        #expect(parsed.switches == ["dry-run"])
        #expect(parsed.positionals == ["--x"])
    }

    @Test(arguments: [
        (["--nodes"], "unknown option --nodes"), (["-x"], "unknown option -x"), (["--out"], "--out needs a value: DIR"),
        (["--out", "--iou", "wsol"], "--out needs a value: DIR, found the option --iou"),
        (["--out="], "--out: expected DIR"),
        (["--out", "--iou=wsol"], "--out needs a value: DIR, found the option --iou=wsol"),
        (["--Out", "x"], "unknown option"),
        (["--iou", "other"], "--iou other: expected stnet, wsol"), (["--dry-run=1"], "--dry-run takes no value"),
        (["--out", "a", "--out=b"], "--out is given twice"), (["x"], "unexpected operand \"x\""),
    ])
    func aWrongCommandLineIsNamed(arguments: [String], message: String) {
        #expect {
            _ = try ParsedOptions(arguments: arguments, specifications: options)
        } throws: { error in
            "\(error)".hasPrefix(message)
        }
    }

    @Test func numbersAreCheckedAgainstTheirRange() throws {
        let parsed = try ParsedOptions(arguments: ["--limit", "0x"], specifications: options)
        #expect(throws: UsageError("--limit 0x: expected a whole number, 1 or more")) {
            _ = try parsed.integer("limit", in: 1...Int.max)
        }
    }

    @Test func theCommandLineWinsOverTheConfiguration() throws {
        var parsed = try ParsedOptions(arguments: ["--out", "mine"], specifications: options)
        let json = try JSON.parse(#"{"out": "theirs", "limit": 5, "dry-run": true}"#, source: "c.json")
        try parsed.merge(configuration: json, path: "c.json")
        #expect(parsed.values == ["out": "mine", "limit": "5"])
        #expect(parsed.switches == ["dry-run"])
        #expect(parsed.sources["limit"] == "c.json")
    }

    @Test(arguments: [
        (#"{"outt": "x"}"#, "c.json: unknown option \"outt\"; did you mean out?"),
        (#"{"dry-run": 1}"#, "c.json: \"dry-run\": expected true or false"),
        (#"{"iou": "x"}"#, "c.json: --iou x: expected stnet, wsol"),
        (#"{"out": []}"#, "c.json: \"out\": expected a string or a number"),
        ("[]", "c.json: expected a JSON object of options"),
    ])
    func aWrongConfigurationIsNamed(text: String, message: String) throws {
        var parsed = try ParsedOptions(arguments: [], specifications: options)
        let json = try JSON.parse(text, source: "c.json")
        #expect(throws: UsageError(message)) { try parsed.merge(configuration: json, path: "c.json") }
    }
}

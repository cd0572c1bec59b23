import Bytes
import Testing

struct JSONWritingTests {
    @Test func keepsTheOrderOfMembers() {
        let value = JSON.object([
            ("z", .int(1)), ("a", .array([.null, .bool(true), .bool(false)])), ("m", .string("")),
        ])
        #expect(value.compact == #"{"z":1,"a":[null,true,false],"m":""}"#)
    }

    @Test(arguments: [
        (JSON.float(0.1), "0.1"), (.double(0.1), "0.1"), (.float(1), "1.0"), (.float(-0.0), "0.0"),
        (.double(-0.0), "0.0"), (.double(.nan), "null"), (.float(.infinity), "null"), (.double(-.infinity), "null"),
        (.double(.leastNonzeroMagnitude), "5e-324"), (.double(1.7976931348623157e308), "1.7976931348623157e+308"),
        (.float(16777216), "16777216.0"), (.float(1e-5), "1e-05"), (.int(Int64.min), "-9223372036854775808"),
        (.uint(UInt64.max), "18446744073709551615"),
    ])
    func writesNumbersWithTheFewestDigits(value: JSON, expected: String) {
        #expect(value.compact == expected)
    }

    @Test func escapesOnlyWhatMustBe() {
        let text = "\"\\/\u{0}\u{1f}\u{8}\u{c}\n\r\t\u{7f}é\u{2028}\u{1F600}e\u{301}"
        let expected = #""\"\\/\u0000\u001f\b\f\n\r\t"# + "\u{7f}é\u{2028}\u{1F600}e\u{301}\""
        #expect(Array(JSON.string(text).compact.utf8) == Array(expected.utf8))
    }

    @Test func prettyFormKeepsNumbersOnOneLine() {
        let value = JSON.object([
            ("interval", .array([.double(0.25), .double(0.5)])), ("none", .array([])), ("nothing", .object([])),
            ("names", .array([.string("a"), .object([("b", .int(1))])])),
        ])
        #expect(
            value.pretty == """
                {
                  "interval": [0.25, 0.5],
                  "none": [],
                  "nothing": {},
                  "names": [
                    "a",
                    {
                      "b": 1
                    }
                  ]
                }

                """)
    }

    @Test func everyFloatComesBack() throws {
        var random = SplitMix64(seed: 7)
        for _ in 0..<20_000 {
            let float = Float(bitPattern: UInt32(truncatingIfNeeded: random.next()))
            let double = Double(bitPattern: random.next())
            guard float.isFinite, double.isFinite else { continue }
            let parsed = try JSON.parse(JSON.array([.float(float), .double(double)]).compact, source: "text")
            #expect(parsed.arrayValue?.count == 2)
            #expect(parsed.arrayValue?[0].doubleValue.map(Float.init) == float)
            #expect(parsed.arrayValue?[1].doubleValue == double)
        }
    }
}

import Bytes
import Testing

struct JSONParserTests {
    private func failure(_ text: String, limits: JSONLimits = JSONLimits()) -> String? {
        failure(Array(text.utf8), limits: limits)
    }

    private func failure(_ bytes: [UInt8], limits: JSONLimits = JSONLimits()) -> String? {
        do throws(JSONError) {
            _ = try JSON.parse(bytes, source: "f.json", limits: limits)
            return nil
        } catch {
            return error.description
        }
    }

    @Test func readsEveryKindOfValue() throws {
        let text =
            #" { "a" : [ 1 , -2, 0, -0, 1.5, 1e2, -1.25E-2 ] ,"b":{},"c":[],"d":"x","e":null,"f":true,"g":false } "#
        let value = try JSON.parse(text, source: "text")
        let expected = JSON.object([
            (
                "a",
                .array([
                    .int(1), .int(-2), .int(0), .int(0), .double(1.5), .double(100), .double(-0.0125),
                ])
            ),
            ("b", .object([])), ("c", .array([])), ("d", .string("x")), ("e", .null), ("f", .bool(true)),
            ("g", .bool(false)),
        ])
        #expect(value == expected)
        #expect(try JSON.parse(value.compact, source: "text") == value)
        #expect(try JSON.parse(value.pretty, source: "text") == value)
    }

    @Test func readsIntegersOf64BitsAndNoMore() throws {
        #expect(try JSON.parse("9223372036854775807", source: "t") == .int(Int64.max))
        #expect(try JSON.parse("-9223372036854775808", source: "t") == .int(Int64.min))
        #expect(try JSON.parse("18446744073709551615", source: "t") == .uint(UInt64.max))
        #expect(failure("18446744073709551616") == "f.json:1:1: an integer does not fit 64 bits")
        #expect(failure("[1e400]") == "f.json:1:2: a number does not fit a double")
    }

    @Test func readsEscapes() throws {
        let value = try JSON.parse(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00é""#, source: "t")
        #expect(value.stringValue == "\"\\/\u{8}\u{c}\n\r\té\u{1F600}é")
    }

    @Test(arguments: [
        ("", "1:1: expected a value, found the end"),
        ("  \n ", "2:2: expected a value, found the end"),
        ("{\"a\": 1,\n \"a\": 2}", "2:2: the name \"a\" appears twice in one object"),
        ("[1,]", "1:4: expected a value, found ]"),
        ("[1 2]", "1:4: expected , or ] in an array, found 2"),
        ("[1", "1:3: expected , or ] in an array, found the end"),
        ("{\"a\" 1}", "1:6: expected : after a name, found 1"),
        ("{\"a\":1 \"b\"", "1:8: expected , or } in an object, found \""),
        ("{a:1}", "1:2: expected a member's name, found a"),
        ("{\"a\":1,}", "1:8: expected a member's name, found }"),
        ("1 1", "1:3: expected the end of the text, found 1"),
        ("nul", "1:1: expected a value; true, false and null are the only bare words"),
        ("NaN", "1:1: expected a value, found N"),
        ("01", "1:2: a number must not start with a superfluous 0"),
        ("-", "1:2: expected a digit, found the end"),
        ("1.", "1:3: expected a digit, found the end"),
        ("1e+", "1:4: expected a digit, found the end"),
        ("+1", "1:1: expected a value, found +"),
        (".5", "1:1: expected a value, found ."),
        ("\"abc", "1:1: a string does not end"),
        ("\"é\n\"", "1:3: a control character in a string must be escaped, found byte 0x0a"),
        ("\"\\x\"", "1:2: a backslash must be followed by one of \" \\ / b f n r t u"),
        ("\"\\", "1:2: a backslash must be followed by one of \" \\ / b f n r t u"),
        ("\"\\u12g4\"", "1:6: expected four hexadecimal digits after \\u, found g"),
        ("\"\\ud800\"", "1:2: half of a surrogate pair without its other half"),
        ("\"\\udc00\"", "1:2: half of a surrogate pair without its other half"),
        ("\"\\ud800\\u0041\"", "1:2: half of a surrogate pair without its other half"),
        ("\u{feff}1", "1:1: expected a value, found byte 0xef"),
        ("// no\n1", "1:1: expected a value, found /"),
    ])
    func refusesWithThePlace(text: String, expected: String) {
        #expect(failure(text) == "f.json:\(expected)")
    }

    @Test func refusesInvalidUTF8() {
        #expect(failure([0x22, 0xff, 0x22]) == "f.json:1:1: a string is not valid UTF-8")
        #expect(failure([0x22, 0xc3, 0x22]) == "f.json:1:1: a string is not valid UTF-8")
    }

    @Test func keepsToItsLimits() {
        let limits = JSONLimits(bytes: 100, depth: 3)
        #expect(failure("[[[]]]", limits: limits) == nil)
        #expect(failure("[[{\"a\":[]}]]", limits: limits) == "f.json:1:8: arrays and objects are nested deeper than 3")
        #expect(
            failure(String(repeating: " ", count: 101), limits: limits)
                == "f.json:1:1: 101 bytes of JSON, at most 100 are accepted")
        #expect(failure(String(repeating: "[", count: 1_000_000)) != nil)
    }

    /// Every prefix and many one-byte changes of a text give a value or an error, never a trap.
    @Test func survivesDamagedTexts() {
        let text = Array(
            #"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude00\n"],"b":{"c":null,"d":[true,false]},"e":12345678901}"#.utf8)
        for count in 0..<text.count { #expect(failure(Array(text.prefix(count))) != nil) }
        var random = SplitMix64(seed: 1)
        var refused = 0
        for _ in 0..<5000 {
            var damaged = text
            damaged[Int.random(in: 0..<text.count, using: &random)] = UInt8.random(in: 0...255, using: &random)
            if failure(damaged) != nil { refused += 1 }
        }
        #expect(refused > 1000 && refused < 5000)
    }
}

struct JSONFieldsTests {
    private func failure(_ body: () throws(JSONError) -> Void) -> String? {
        do throws(JSONError) {
            try body()
            return nil
        } catch {
            return error.description
        }
    }

    @Test func namesTheMemberThatIsWrong() throws {
        let value = try JSON.parse(
            #"{"name":"x","count":3,"ratio":1,"on":true,"inner":{"deep":"y"},"list":[],"nil":null,"extra":0}"#,
            source: "n")
        var fields = try JSONFields(value, source: "net.json")
        #expect(try fields.string("name") == "x")
        #expect(try fields.int("count") == 3)
        #expect(try fields.double("ratio") == 1)
        #expect(try fields.bool("on"))
        #expect(try fields.array("list").isEmpty)
        #expect(fields.optional("nil") == nil)
        #expect(failure { () throws(JSONError) in _ = try fields.string("gone") } == "net.json: gone: is missing")
        #expect(
            failure { () throws(JSONError) in _ = try fields.string("count") }
                == "net.json: count: expected a string, found an integer")
        #expect(
            failure { () throws(JSONError) in _ = try fields.int("count", in: 4...9) }
                == "net.json: count: expected 4 to 9, found 3")
        var inner = try fields.fields("inner")
        #expect(
            failure { () throws(JSONError) in _ = try inner.int("deep") }
                == "net.json: inner.deep: expected an integer, found a string")
        #expect(try inner.string("deep") == "y")
        #expect(failure { () throws(JSONError) in try inner.finish() } == nil)
        #expect(
            failure { () throws(JSONError) in try fields.finish() }
                == "net.json: extra: is not known here (known: count, gone, inner, list, name, nil, on, ratio)")
        #expect(
            failure { () throws(JSONError) in _ = try JSONFields(.int(1), source: "net.json") }
                == "net.json: expected an object, found an integer")
    }

    @Test(
        "Every element of an array and every member of an object must be of its kind: the first that is not is named",
        arguments: [
            (#"{"a":["x",3,"y"]}"#, "a[1]: expected a string, found an integer"),
            (#"{"a":[null]}"#, "a[0]: expected a string, found null"),
            (#"{"a":"x"}"#, "a: expected an array, found a string"),
        ])
    func elements(text: String, reason: String) throws {
        var fields = try JSONFields(try JSON.parse(text, source: "n"), source: "n")
        #expect(failure { () throws(JSONError) in _ = try fields.strings("a") } == "n: \(reason)")
    }

    @Test func readsWholeArraysAndObjects() throws {
        let text = #"{"s":["x","y"],"d":[1,2.5],"i":[1,2.0],"t":[[1],[]],"o":{"p":1},"q":{"r":"x"},"none":[]}"#
        var fields = try JSONFields(try JSON.parse(text, source: "n"), source: "n")
        #expect(try fields.strings("s") == ["x", "y"])
        #expect(try fields.strings("none").isEmpty)
        #expect(try fields.doubles("d") == [1, 2.5])
        #expect(try fields.ints("i") == [1, 2])
        #expect(try fields.tableOfDoubles("t") == [[1], []])
        #expect(try fields.intsByName("o").map(\.value) == [1])
        #expect(try fields.stringsByName("q").map(\.name) == ["r"])
        #expect(
            failure { () throws(JSONError) in _ = try fields.ints("d") }
                == "n: d[1]: expected an integer, found a number")
        #expect(
            failure { () throws(JSONError) in _ = try fields.tableOfDoubles("s") }
                == "n: s[0]: expected an array, found a string")
        #expect(
            failure { () throws(JSONError) in _ = try fields.stringsByName("o") }
                == "n: o.p: expected a string, found an integer")
        #expect(
            failure { () throws(JSONError) in _ = try fields.intsByName("s") }
                == "n: s: expected an object, found an array")
    }
}

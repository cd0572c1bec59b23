import Dataset
import SelectiveTuning
import Testing

@testable import Drawing

@Suite struct LabelTests {
    private func gray(_ width: Int, _ height: Int) -> Canvas {
        Canvas(RGBImage(width: width, height: height, pixels: [UInt8](repeating: 90, count: width * height * 3)))
    }

    /// The pixels that are no longer gray, as rows and columns.
    private func changed(_ canvas: Canvas) -> (columns: ClosedRange<Int>, rows: ClosedRange<Int>)? {
        let image = canvas.image
        let places = (0..<image.width * image.height).filter { image.pixels[$0 * 3...($0 * 3 + 2)] != [90, 90, 90] }
        guard let first = places.first else { return nil }
        let columns = places.map { $0 % image.width }
        return (columns.min()!...columns.max()!, first / image.width...places.last! / image.width)
    }

    @Test func everyPrintableCharacterHasAShapeOfItsOwn() {
        #expect(BitmapFont.table.count == 95)
        #expect(Set(BitmapFont.table).count == 95)
        for glyph in BitmapFont.table {
            #expect((1...5).contains(glyph.width))
            #expect(glyph.rows.count <= BitmapFont.height)
            #expect(glyph.rows.allSatisfy { Int($0) < 1 << glyph.width })
        }
        #expect(BitmapFont.glyph(" ").rows.allSatisfy { $0 == 0 })
    }

    @Test func theRowsOfAShapeAreEquallyLong() {
        for shape in BitmapFont.shapes { #expect(Set(shape.split(separator: " ").map(\.count)).count == 1, "\(shape)") }
    }

    @Test func lettersWithMarksLoseThemAndOthersHaveAFrame() {
        #expect(BitmapFont.glyph("\u{e9}") == BitmapFont.glyph("e"))
        #expect(BitmapFont.glyph("n\u{303}") == BitmapFont.glyph("n"))
        for character: Character in ["\u{732b}", "\u{1f408}", "\n", "\u{7f}", "\u{0}"] {
            #expect(BitmapFont.glyph(character) == BitmapFont.fallback)
        }
    }

    @Test func aLetterIsDrawnDotByDot() {
        var canvas = Canvas(RGBImage(width: 10, height: 14, pixels: [UInt8](repeating: 0, count: 420)))
        canvas.text("L", x: 0, y: 0, scale: 2, .white)
        let rows = (0..<14).map { y in (0..<10).map { canvas.image.pixels[(y * 10 + $0) * 3] == 255 } }
        let stem = [true, true] + [Bool](repeating: false, count: 8)
        #expect(rows[..<12].allSatisfy { $0 == stem })
        #expect(rows[12...].allSatisfy { $0 == [Bool](repeating: true, count: 10) })
    }

    @Test func aLabelStandsAboveItsBox() throws {
        var canvas = gray(100, 100)
        canvas.label("cat", of: Box(20, 50, 70, 90), background: .found)
        let place = try #require(changed(canvas))
        #expect(place.rows == 50 - 24...49)
        #expect(place.columns.lowerBound == 20)
    }

    @Test func aLabelStandsInsideWhereThereIsNoRoomAbove() throws {
        var canvas = gray(100, 100)
        canvas.label("cat", of: Box(20, 10, 70, 90), background: .found)
        #expect(try #require(changed(canvas)).rows == 10...33)
    }

    @Test(arguments: [Box(95, 97, 99, 99), Box(-5, -5, 0, 0), Box(200, 200, 300, 300), Box(99, 0, 99, 99)])
    func aLabelIsWhollyInsideThePicture(box: Box) throws {
        var free = gray(300, 300)
        free.label("kit fox", of: Box(100, 100, 200, 200), background: .found)
        let whole = try #require(changed(free))
        var canvas = gray(100, 100)
        canvas.label("kit fox", of: box, background: .found)
        let place = try #require(changed(canvas))
        #expect(place.columns.count == whole.columns.count && place.rows.count == whole.rows.count)
        #expect(place.columns.upperBound < 100 && place.rows.upperBound < 100)
    }

    @Test func aLongNameGetsSmallerThenShorter() throws {
        let heights = try [8, 16, 60, 10_000].map { count in
            var canvas = gray(120, 60)
            canvas.label(String(repeating: "m", count: count), of: Box(0, 0, 50, 50), background: .found)
            let place = try #require(changed(canvas))
            #expect(place.columns.upperBound < 120)
            return place.rows.count
        }
        #expect(heights == [24, 12, 12, 12])
    }

    @Test func whereNothingFitsNothingIsDrawn() {
        var narrow = gray(5, 60)
        narrow.label("cat", of: Box(0, 0, 4, 4), background: .found)
        #expect(changed(narrow) == nil)
        var low = gray(60, 5)
        low.label("cat", of: Box(0, 0, 4, 4), background: .found)
        #expect(changed(low) == nil)
        var unnamed = gray(60, 60)
        unnamed.label("", of: Box(0, 0, 4, 4), background: .found)
        #expect(changed(unnamed) == nil)
    }
}

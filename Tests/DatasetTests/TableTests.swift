import Bytes
import Foundation
import SelectiveTuning
import Testing

@testable import Dataset

/// Tables as other programs write and save them.
@Suite struct TableTests {
    struct Golden: Decodable {
        struct Table: Decodable {
            let name: String
            let text: Data
        }

        let ids: [String]
        let boxes: [[Float]]
        let tables: [Table]
    }

    static let golden: Golden = {
        let url = TestFiles.golden.appending(path: "tables.json")
        return try! JSONDecoder().decode(Golden.self, from: Data(contentsOf: url))
    }()

    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private static func known(_ ids: [String]) -> AnnotationList {
        AnnotationList(ids.map { Annotation(id: $0, label: 0, boxes: []) }).sortedByID()
    }

    private func boxes(_ text: String, _ ids: [String] = ["a", "b"]) throws -> PredictedBoxes {
        try PredictedBoxes(path: try folder.write("boxes.csv", text), annotations: Self.known(ids))
    }

    private func refusal(_ text: String) throws -> String {
        let error = #expect(throws: DatasetError.self, "\(text)") { try boxes(text) }
        return try #require(error).description.replacing(folder.path + "/boxes.csv", with: "")
    }

    /// Written by Python's csv and numpy, as `Golden/make_tables.py` says.
    @Test(arguments: golden.tables.indices)
    func boxesAreReadAsTheyWereWritten(place: Int) throws {
        let table = Self.golden.tables[place]
        try table.text.write(to: URL(fileURLWithPath: folder.path + "/boxes.csv"))
        let found = try PredictedBoxes(
            path: folder.path + "/boxes.csv", annotations: Self.known(["a", "b, c", "d \"quoted\""])
        ).boxes
        let boxes = Self.golden.boxes.map { Box($0[0], $0[1], $0[2], $0[3]) }
        #expect(found == ["a": [boxes[0], boxes[3]], "b, c": [boxes[1]], "d \"quoted\"": [boxes[2]]], "\(table.name)")
    }

    @Test(arguments: [
        ("id,x,y,w,h", "heading: found \"w\": a corner or centre with a size, expected image id,x0,y0,x1,y1"),
        ("image_id,x,y,width,height", "heading: found \"width\": a corner or centre with a size"),
        ("image_id,xmin,ymin,width,height", "heading: found \"width\": a corner or centre with a size"),
        ("id,cx,cy,w,h", "heading: found \"cx\": a corner or centre with a size"),
        ("image,x_center,y_center,width,height", "heading: found \"x_center\": a corner or centre"),
        ("image,bbox_x,bbox_y,bbox_w,bbox_h", "heading: found \"bbox_w\": a corner or centre"),
        ("id,ymin,xmin,a,b", "heading: found \"id,ymin,xmin,a,b\", expected image id,x0,y0,x1,y1"),
        ("id,x1,y1,x1,y1", "heading: found \"x1\" in \"id,x1,y1,x1,y1\""),
        ("xmin,ymin,xmax,ymax", "heading: found no column of ids"),
        ("id,xmin,ymin,dx,dy", "heading: found \"dx\": a corner or centre with a size"),
        ("id,x,y,xlen,ylen", "heading: found \"xlen\": a corner or centre with a size"),
        ("id,x0,y0,x_extent,y_extent", "heading: found \"x_extent\": a corner or centre with a size"),
        ("id,x,y,size_x,size_y", "heading: found \"size_x\": a corner or centre with a size"),
        ("id,x,y,Breite,Hoehe", "heading: found \"Breite\": a corner or centre with a size"),
        ("id,x,y,Breite,Höhe", "heading: found \"Breite\": a corner or centre with a size"),
        ("a,b,c,d,e", "heading: found \"a,b,c,d,e\""), ("id,foo,bar,baz,qux", "heading: found \"id,foo,bar,baz,qux\""),
        ("col1,col2,col3,col4,col5", "heading: found \"col3\" in"), ("c0,c1,c2,c3,c4", "heading: found \"c1\" in"),
        ("id,ymin (cm),xmin (cm),ymax (cm),xmax (cm)", "heading: found \"ymin (cm)\" in"),
        ("id,xmin (%),ymin (%),xmax (%),ymax (%)", "heading: found \"xmin (%)\" in"),
        ("id,x0_norm,y0_norm,x1_norm,y1_norm", "heading: found \"x0_norm\" in"),
        ("id,x1,y1,x2,y2,x3,y3,x4,y4", "heading: found \"x3\" in"),
        ("id,x0,y0,x1,y1,x2,y2", "heading: found \"x1\" in"),
        ("id,x_lower,y_lower,x_upper,y_upper", "heading: found \"x_lower\" in"),
        ("id,gt_x0,gt_y0,gt_x1,gt_y1,pred_x0,pred_y0,pred_x1,pred_y1", "heading: found \"gt_x0\" and \"pred_x0\""),
        (
            "id,gt_xmin,gt_ymin,gt_xmax,gt_ymax,pred_x,pred_y,pred_w,pred_h",
            "heading: found \"gt_xmin\" beside \"pred_x\""
        ),
        ("id,xmin,ymin,xmax,ymax,pred_x,pred_y,pred_w,pred_h", "heading: found \"xmin\" beside \"pred_x\""),
        ("id,gt_x1,gt_y1,pred_x2,pred_y2", "heading: found \"gt_x1\" beside \"pred_x2\""),
        ("id,min,min2,max,max2", "heading: found \"min2\" in"), ("id,x1y1,a,x2y2,b", "heading: found \"x1y1\" in"),
        ("id,x_top,y_left,x_bottom,y_right", "heading: found \"x_top\" in"),
    ])
    func headingsOfOtherBoxesAreRefused(heading: String, message: String) throws {
        let text = try refusal(heading + "\na,1,2,30,40\n")
        #expect(text.hasPrefix(":1: " + message), "\(text)")
    }

    /// The lines have y0,x0,y1,x1.
    @Test(arguments: [
        "id,ymin (px),xmin (px),ymax (px),xmax (px)", "id,ymin_pred,xmin_pred,ymax_pred,xmax_pred",
        "id,y1_pred,x1_pred,y2_pred,x2_pred", "id,det_y1,det_x1,det_y2,det_x2",
        "id,ymin[px],xmin[px],ymax[px],xmax[px]",
        "id,y min px,x min px,y max px,x max px", "id,min_row,min_col,max_row,max_col", "id,row0,col0,row1,col1",
        "id,r0,c0,r1,c1", "id,r1,c1,r2,c2", "id,ylow,xlow,yhigh,xhigh", "id,yfrom,xfrom,yto,xto",
        "id,top,left,bottom,right", "id,start_row,start_col,end_row,end_col", "id,t,l,b,r", "id,y,x,y1,x1",
        "id,upper_left_y,upper_left_x,lower_right_y,lower_right_x",
        "Image ID,TopLeftY,TopLeftX,BottomRightY,BottomRightX",
        "id,tl_y,tl_x,br_y,br_x", "id,pred box y0,pred box x0,pred box y1,pred box x1",
        "id,bbox-top,bbox-left,bbox-bottom,bbox-right",
        "id,first row,first column,last row,last column",
    ])
    func headingsInAnotherOrderAreUnderstood(heading: String) throws {
        #expect(try boxes(heading + "\na,2,1,40,30\n").boxes == ["a": [Box(1, 2, 30, 40)]])
    }

    @Test(arguments: [
        ("a;1,5;2;3;4\n", ":1: x0: found \"1,5\", expected a number of pixels with a decimal point"),
        ("a,1,2,3,4,5\n", ":1: line: found \"a,1,2,3,4,5\", expected image id,x0,y0,x1,y1"),
        ("a,1,2,3,4\nb,\"1,2,3,4\n", ":2: line: found \"b,\"1,2,3,4\", expected quotes around whole fields"),
        ("a,inf,2,3,4\n", ":1: x0: found \"inf\", expected a number of pixels"),
        ("a,0x10,2,3,4\n", ":1: x0: found \"0x10\", expected a number of pixels"),
        ("a,1,2,3,4\nimage_id,x0,y0,x1,y1\n", ":2: image id: found \"image_id\""),
        ("a,1,2,3,4\rb,1,2,3,4\r", ":1: line: found \"a,1,2,3,4 b,1,2,3,4"),
        ("a,nan,nan,nan,nan\n", ":1: heading: found \"a,nan,nan,nan,nan\""),
    ])
    func whatIsWrongIsNamed(text: String, message: String) throws {
        #expect(try refusal(text).hasPrefix(message))
    }

    @Test func emptyLinesDoNotCount() throws {
        #expect(
            try boxes("a,1,2,3,4\n\n \t\r\nb,5,6,7,8\n\n").boxes == ["a": [Box(1, 2, 3, 4)], "b": [Box(5, 6, 7, 8)]])
        #expect(try refusal("a,1,2,3,4\n\nb,1,2,3,f\n").hasPrefix(":3: y1: found \"f\""), "lines are the file's")
    }

    @Test func otherEncodingsAndKindsAreNamed() throws {
        func refusal(_ data: Data) throws -> String {
            let path = folder.path + "/boxes.csv"
            try data.write(to: URL(fileURLWithPath: path))
            let error = #expect(throws: DatasetError.self) {
                try PredictedBoxes(path: path, annotations: Self.known(["a"]))
            }
            return try #require(error).description.replacing(path, with: "")
        }
        let text = "a,1,2,3,4\n"
        for encoding in [String.Encoding.utf16, .utf16LittleEndian, .utf16BigEndian] {
            let data = try #require(text.data(using: encoding))
            #expect(try refusal(data).hasPrefix(": text: found UTF-16"))
            #expect(try refusal(data).contains("expected UTF-8: iconv -f UTF-16 -t UTF-8"))
        }
        let latin = try refusal(try #require("é,1,2,3,4\n".data(using: .isoLatin1)))
        #expect(latin.hasPrefix(":1: text: found bytes that are no UTF-8 (Latin-1 or Windows-1252?)"))
        let gzip = try refusal(Data([0x1F, 0x8B, 8, 0, 0]))
        #expect(gzip.hasPrefix(": text: found a gzip file") && gzip.contains("gunzip -c"))
        #expect(try refusal(Data("PK\u{3}\u{4}xl/".utf8)).contains("found a zip archive"))
    }

    @Test func boxesOfOtherImagesAreLeftOutAndCounted() throws {
        let path = try folder.write("boxes.csv", "a,1,2,3,4\nb,1,2,3,4\nb,1,2,3,4\nc,1,2,3,4\n")
        let found = try PredictedBoxes(path: path, annotations: Self.known(["a", "b", "c"])) { $0 == "a" }
        #expect(found.boxes.keys.sorted() == ["a"])
        #expect(found.leftOut.boxes == 3 && found.leftOut.images == 2)
    }

    @Test(arguments: [("7", 7), ("7.0", 7), ("7.000e+00", 7), ("5.00e2", 500), ("7.5", nil), ("", nil), ("1e400", nil)])
    func countsMayBeWrittenAsFractions(text: String, value: Int?) {
        #expect(FieldText.count(text) == value)
    }

    /// Random text: read or refused with its place.
    @Test func randomTablesNeverCrash() throws {
        let parts = [
            "a", "b", ",", ";", "\t", "\"", "\"\"", " ", "1", "2.5", "1e3", "x0", "w", "\n", "\u{A0}", "é", "-",
        ]
        for seed in 0..<500 * fuzzRounds {
            var random = SplitMix64(seed: UInt64(seed))
            let text = (0..<Int.random(in: 0...40, using: &random)).map { _ in
                parts[Int.random(in: 0..<parts.count, using: &random)]
            }.joined()
            do {
                _ = try boxes(text)
            } catch {
                #expect("\(error)".hasPrefix(folder.path + "/boxes.csv:"))
            }
        }
    }
}

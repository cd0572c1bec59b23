import Dataset
import SelectiveTuning
import Testing

/// Boxes are used in the frame in which the image was decoded.
@Suite struct AnnotationFitTests {
    private let box = Box(50, 30, 449, 299)

    private func fit(
        _ boxes: [Box], declared: (Int, Int)?, decoded: (Int, Int)
    ) throws(AnnotationFit.Contradiction) -> AnnotationFit {
        try AnnotationFit(
            boxes: boxes, declaredWidth: declared?.0, declaredHeight: declared?.1, width: decoded.0, height: decoded.1)
    }

    @Test func anImageOfTheAnnotatedSizeKeepsItsBoxes() throws {
        let fit = try fit([box], declared: (500, 375), decoded: (500, 375))
        #expect(fit.kind == .asAnnotated && fit.boxes == [box])
    }

    /// The shorter side to 256, as usual preparations of ImageNet do it: with the longer side rounded either way.
    @Test(arguments: [
        ((500, 375), (341, 256)), ((500, 375), (342, 256)), ((333, 500), (256, 384)), ((500, 333), (384, 256)),
    ])
    func aResizedImageHasScaledBoxes(declared: (Int, Int), decoded: (Int, Int)) throws {
        let fit = try fit([Box(10, 20, 100, 200)], declared: declared, decoded: decoded)
        let (x, y) = (Float(decoded.0) / Float(declared.0), Float(decoded.1) / Float(declared.1))
        #expect(fit.kind == .resized && fit.boxes == [Box(10 * x, 20 * y, 100 * x, 200 * y)])
    }

    @Test func aLargerCopyIsAResizedImageToo() throws {
        // 500 x 375 made from the annotated 47 x 35, whose height was rounded.
        let fit = try fit([Box(4, 3, 40, 30)], declared: (47, 35), decoded: (500, 375))
        #expect(fit.kind == .resized && fit.boxes[0].x1 == 40 * (500 / 47 as Float))
    }

    @Test(arguments: [(375, 500), (227, 227), (640, 375), (500, 372)])
    func anotherAspectKeepsBoxesThatLieInTheImage(decoded: (Int, Int)) throws {
        let small = Box(10, 10, 60, 60)
        let fit = try fit([small], declared: (500, 375), decoded: decoded)
        #expect(fit.kind == .mismatch && fit.boxes == [small])
    }

    @Test func anotherAspectAndABoxOutsideSayNothingOfTheImage() {
        let error = #expect(throws: AnnotationFit.Contradiction.self) {
            try fit([Box(0, 0, 10, 10), box], declared: (500, 375), decoded: (256, 256))
        }
        #expect(
            error?.description == "the annotation is of a 500x375 image, this one is 256x256, and the box "
                + "[50.0, 30.0, 449.0, 299.0] does not lie in it")
    }

    @Test func withoutAnAnnotatedSizeABoxOutsideIsAMismatch() throws {
        #expect(try fit([box], declared: nil, decoded: (500, 375)).kind == .asAnnotated)
        // Up to a pixel is rounding.
        #expect(try fit([Box(-1, 0, 500, 375)], declared: nil, decoded: (500, 375)).kind == .asAnnotated)
        let outside = try fit([box], declared: nil, decoded: (341, 256))
        #expect(outside.kind == .mismatch && outside.boxes == [box])
        #expect(try fit([Box(0, 0, 502, 10)], declared: nil, decoded: (500, 375)).kind == .mismatch)
        #expect(try fit([Box(-2, 0, 50, 10)], declared: nil, decoded: (500, 375)).kind == .mismatch)
        #expect(try fit([Box(.nan, 0, 50, 10)], declared: nil, decoded: (500, 375)).kind == .mismatch)
    }

    @Test func boxesThatLeaveTheAnnotatedSizeWereNotDrawnInIt() throws {
        // The size is that of a thumbnail, the boxes are those of the photograph that is there.
        let fit = try fit([box], declared: (250, 188), decoded: (500, 375))
        #expect(fit.kind == .mismatch && fit.boxes == [box])
        #expect(try self.fit([Box(0, 0, 600, 10)], declared: (500, 375), decoded: (500, 375)).kind == .mismatch)
    }

    /// "Photo not available" pictures: a pixel of rounding is the whole picture.
    @Test(arguments: [(1, 1), (2, 1), (2, 3)])
    func aPictureOfAFewPixelsIsNoCopy(decoded: (Int, Int)) {
        #expect(throws: AnnotationFit.Contradiction.self) {
            try fit([Box(10, 10, 200, 300)], declared: (375, 500), decoded: decoded == (2, 3) ? (3, 3) : decoded)
        }
    }

    @Test func oneAnnotatedSideAloneCanBeContradicted() throws {
        let known = try AnnotationFit(
            boxes: [box], declaredWidth: 500, declaredHeight: nil, width: 500, height: 375)
        #expect(known.kind == .asAnnotated)
        let larger = try AnnotationFit(
            boxes: [box], declaredWidth: 500, declaredHeight: nil, width: 1000, height: 750)
        #expect(larger.kind == .mismatch && larger.boxes == [box])
        let error = #expect(throws: AnnotationFit.Contradiction.self) {
            try AnnotationFit(boxes: [box], declaredWidth: nil, declaredHeight: 375, width: 250, height: 188)
        }
        #expect(error?.description.contains("of a ?x375 image, this one is 250x188") == true)
    }

    @Test(arguments: [(1, 1), (1, 65_500), (65_500, 1)])
    func extremeSizesHaveAFit(decoded: (Int, Int)) throws {
        _ = try? fit([Box(0, 0, 0, 0)], declared: (500, 375), decoded: decoded)
        _ = try? fit([Box(0, 0, 1e30, 1e30)], declared: (Int(UInt32.max), 1), decoded: decoded)
    }
}

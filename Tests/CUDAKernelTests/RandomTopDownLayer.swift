import CKernels

/// The shape and the rule of a layer of the top-down pass.
struct TopDownLayer {
    enum Kind: CaseIterable { case convolution, linear, bridge, maxPool, averagePool, slice }

    var kind: Kind
    var batch = 1
    var (height, width, channels) = (1, 1, 1)
    var (outHeight, outWidth, outChannels) = (1, 1, 1)
    var (kernelHeight, kernelWidth, strideY, strideX) = (1, 1, 1, 1)
    var (padTop, padLeft, padBottom, padRight) = (0, 0, 0, 0)
    var groups = 1
    /// Of an image, at most.
    var activeUnits = 12
    /// Of a slice, in the concatenation's channels.
    var firstChannel = 0
    var rule = ck_td_rule_conv(0, CK_TD_GROUP, 0)

    var connections: Int { kernelHeight * kernelWidth * channels / groups }

    var window: ck_window {
        ck_window(
            kernel_height: Int32(kernelHeight), kernel_width: Int32(kernelWidth), stride_y: Int32(strideY),
            stride_x: Int32(strideX), pad_top: Int32(padTop), pad_left: Int32(padLeft), pad_bottom: Int32(padBottom),
            pad_right: Int32(padRight))
    }

    init(_ kind: Kind) { self.kind = kind }

    /// Any shape, small on the whole. The kernels change their ways at 8 and 16 channels, at 32 and 128 cells, at 1,536
    /// and some 11,600 connections.
    init(_ kind: Kind, _ numbers: inout TestNumbers) {
        self.init(kind)
        batch = numbers.within(1...3)
        let strict: Int32 = numbers.below(5) < 2 ? 1 : 0
        let offset = Int32(numbers.below(6))
        let subset = numbers.one(of: [CK_TD_LADDER, CK_TD_LADDER, CK_TD_MAXIMUM, CK_TD_ALL])
        switch kind {
        case .convolution:
            let cells = takeKernel(&numbers)
            groups = numbers.one(of: [1, 1, 1, 2, 3])
            let few = cells == 1 ? 60 : cells < 30 ? 40 : 6
            channels = groups * numbers.within(1...numbers.one(of: [few, few, few, 2_000 / cells + 1]))
            outChannels = groups * numbers.within(1...5)
            if numbers.below(6) == 0 {  // depthwise
                channels = numbers.within(1...40)
                groups = channels
                outChannels = channels * numbers.within(1...2)
            }
            takePadding(&numbers, upTo: 1)
            takeMap(&numbers)
            rule = ck_td_rule_conv(strict, numbers.below(4) > 0 ? CK_TD_GROUP : subset, offset)
        case .linear:
            channels = numbers.within(1...numbers.one(of: [40, 400, 1_700]))
            outChannels = numbers.within(1...70)
            rule = ck_td_rule_linear(strict, subset, offset)
        case .bridge:
            (height, width, channels) = (numbers.within(1...3), numbers.within(1...3), numbers.within(1...90))
            (outHeight, outWidth, outChannels) = (height, width, channels)
            rule = ck_td_rule_linear(strict, subset == CK_TD_ALL ? CK_TD_LADDER : subset, offset)
        case .maxPool, .averagePool:
            (kernelHeight, kernelWidth) = (numbers.within(1...4), numbers.within(1...4))
            channels = numbers.within(1...40)
            outChannels = channels
            takePadding(&numbers, upTo: 0)
            takeMap(&numbers)
            // As a layer that rounds its size up: windows that lie in the padding alone.
            if numbers.below(3) == 0 { outHeight += 1 }
        case .slice:
            (height, width, channels) = (numbers.within(1...5), numbers.within(1...5), numbers.within(1...20))
            (outHeight, outWidth, outChannels) = (height, width, channels + numbers.below(15))
            firstChannel = numbers.within(0...outChannels - channels)
        }
    }

    /// A 1x1 convolution over so few channels that a thread may take a unit, with units enough for it or not.
    init(narrow numbers: inout TestNumbers) {
        self.init(.convolution)
        batch = numbers.within(1...3)
        groups = numbers.one(of: [1, 1, 1, 2, 3])
        channels = groups * numbers.within(1...numbers.one(of: [8, 16, 33, 64]))
        outChannels = groups * numbers.within(1...numbers.one(of: [5, 40]))
        // Beyond half of the kernel: units that lie in the padding alone.
        if numbers.below(3) == 0 { takePadding(&numbers, upTo: 1) }
        takeMap(&numbers)
        activeUnits = numbers.one(of: [10, 60, 400])
        let select = numbers.one(of: [CK_TD_GROUP, CK_TD_GROUP, CK_TD_LADDER, CK_TD_LADDER, CK_TD_MAXIMUM, CK_TD_ALL])
        let (strict, offset) = (Int32(numbers.below(2)), Int32(numbers.below(6)))
        rule =
            select == CK_TD_GROUP || numbers.below(2) == 0
            ? ck_td_rule_conv(strict, select, offset) : ck_td_rule_linear(strict, select, offset)
        // Winners that are not positive.
        if numbers.below(6) == 0 { rule.epsilon = 1 << 34 }
    }

    private mutating func takeKernel(_ numbers: inout TestNumbers) -> Int {
        let kernels = [
            (1, 1), (1, 1), (2, 2), (3, 3), (3, 3), (5, 5), (4, 8), (3, 11), (6, 6), (7, 7), (8, 8), (5, 13), (11, 11),
            (16, 8), (1, 128), (64, 2), (2, 33), (1, 7),
        ]
        (kernelHeight, kernelWidth) = numbers.one(of: kernels)
        return kernelHeight * kernelWidth
    }

    /// Different on each side; `upTo` so much more than half of the kernel.
    private mutating func takePadding(_ numbers: inout TestNumbers, upTo more: Int) {
        let (rows, columns) = (0...kernelHeight / 2 + more, 0...kernelWidth / 2 + more)
        (padTop, padLeft) = (numbers.within(rows), numbers.within(columns))
        (padBottom, padRight) = (numbers.within(rows), numbers.within(columns))
    }

    private mutating func takeMap(_ numbers: inout TestNumbers) {
        (strideY, strideX) = (numbers.within(1...3), numbers.within(1...3))
        height = numbers.within(max(kernelHeight - padTop - padBottom, 1)...kernelHeight + 3)
        width = numbers.within(max(kernelWidth - padLeft - padRight, 1)...kernelWidth + 3)
        outHeight = (height + padTop + padBottom - kernelHeight) / strideY + 1
        outWidth = (width + padLeft + padRight - kernelWidth) / strideX + 1
    }
}

/// What weights, activities and gating are made of.
enum TopDownValues: CaseIterable {
    /// Awkward: zeros of both signs, subnormal numbers and products. Tied: few different values.
    case smooth, tied, constant, tiny, wide, huge, awkward
    /// Products whose sums come near 2^27; with a number that is none among them; gating that comes near 2^63.
    case nearRange, notFinite, nearGatingRange

    func weight(_ numbers: inout TestNumbers) -> Float {
        switch self {
        case .smooth, .notFinite, .nearGatingRange: numbers.signed() + 0.2
        case .tied: Float(numbers.within(-4...6)) * 0.25
        case .constant: 0.5
        case .tiny: numbers.signed() * 0.02
        case .wide:
            Float(sign: numbers.below(3) == 0 ? .minus : .plus, exponent: numbers.within(-20...3), significand: 1.25)
        case .huge: numbers.signed() * 300 + 100
        case .awkward: numbers.below(9) == 0 ? numbers.awkward() : numbers.signed()
        case .nearRange: numbers.signed() * 9_000 + 3_000
        }
    }

    func activity(_ numbers: inout TestNumbers) -> Float {
        switch self {
        case .tied: Float(numbers.below(4)) * 0.5
        case .constant: 1
        case .wide: Float(sign: .plus, exponent: numbers.within(-20...10), significand: 1)
        case .awkward: numbers.awkward()
        case .nearRange: numbers.signed().magnitude * 9_000
        case .notFinite: numbers.below(400) == 0 ? numbers.one(of: [.infinity, .nan]) : numbers.signed()
        default: numbers.below(3) == 0 ? 0 : numbers.signed().magnitude * 3
        }
    }

    func gating(_ numbers: inout TestNumbers) -> Int64 {
        let bits = Int64(bitPattern: numbers.next() << 31 ^ numbers.next())
        let value = abs(bits >> Int64(self == .nearGatingRange ? numbers.within(1...4) : 20)) + 1
        return numbers.below(8) == 0 ? -value : value
    }
}

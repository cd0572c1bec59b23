/// What a man page has and `--help` leaves out.
public struct ManualDetails: Sendable {
    public struct Entry: Sendable, Hashable {
        /// A variable, a path.
        public var name: String
        public var text: String

        public init(_ name: String, _ text: String) { (self.name, self.text) = (name, text) }
    }

    public struct Example: Sendable, Hashable {
        /// A sentence for people.
        public var text: String
        /// What is typed; the lines of one command end with a backslash.
        public var command: String

        public init(_ text: String, _ command: String) { (self.text, self.command) = (text, command) }
    }

    public var environment: [Entry]
    public var files: [Entry]
    public var examples: [Example]
    /// Pages in the folder of documents: "docs/running.md".
    public var documents: [String]

    public init(
        environment: [Entry] = [], files: [Entry] = [], examples: [Example] = [], documents: [String] = []
    ) {
        (self.environment, self.files, self.examples, self.documents) = (environment, files, examples, documents)
    }
}

extension ManualDetails.Entry {
    /// Variables that programs of this project read, each described once.
    public static let instructionSet = Self(
        "STNET_ISA",
        "The largest instruction set that is used: portable, avx2 or avx512, on 64-bit Arm portable or neon. The default is "
            + "the best that the processor has. No result depends on it, except with --precision fast.")
    public static let cudaLibrary = Self(
        "STNET_LIBCUDA", "With --gpu: the library that is opened in the place of NVIDIA's driver, libcuda.so.1.")
    public static let cudaCache = Self(
        "CUDA_CACHE_PATH",
        "With --gpu: where NVIDIA's driver keeps what it made of the kernels, else ~/.nv/ComputeCache. Where neither can be "
            + "written, or does not stay, every start takes the seconds that this costs.")
    public static let cudaDevices = Self(
        "CUDA_VISIBLE_DEVICES",
        "With --gpu: the GPUs that NVIDIA's driver shows; indices count these. Slices of GPUs (MIG) are shown only where it "
            + "names them: where it is not set, --gpu MIG-UUID sets it.")
    public static let terminal = Self(
        "TERM", "dumb, unknown or not set: progress is shown as lines, not as a block that is drawn anew.")
    public static let home = Self(
        "HOME, XDG_CONFIG_HOME, XDG_CACHE_HOME",
        "Where the folders .config and .cache are that FILES names: below HOME, or where the other two say.")
    public static let credentials = Self(
        "CREDENTIALS_DIRECTORY",
        "Set by systemd: the shared key is stnet.key in this folder, unless --key-file is given.")

    /// Files that both ends of a connection have.
    public static let sharedKey = Self(
        "~/.config/stnet/key",
        "The key that nodes and coordinators share, mode 0600. It is made where it is missing.")
    public static let archiveIndex = Self(
        "~/.cache/stnet/archives", "Where the members of large tar archives lie. Can be deleted at any time.")
}

import CKernels

/// The processors of this machine, as far as this process is concerned.
public enum Processors {
    /// Those that this process may run on: fewer than the machine has where a batch system, a container or `taskset`
    /// gave it some of them. More threads than these would only take turns.
    public static var available: Int {
        let count = Int(ck_processors_available())
        return count > 0 ? count : max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN)))
    }
}

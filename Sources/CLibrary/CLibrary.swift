/// The system's C library under one name, whichever it is: `open`, `errno`, `pthread_create`.
///
/// `Bytes` hands it on, so that nothing here imports Foundation for it: a program that links Foundation's tables of
/// languages statically is five times as large.
#if canImport(Glibc)
    @_exported import Glibc
#elseif canImport(Musl)
    @_exported import Musl
#elseif canImport(Darwin)
    @_exported import Darwin
#endif

// The commit that a program's sources are, with "-dirty." behind it where they were changed; "unknown" where nothing
// says it. Ends with a zero, lives as long as the program.
const char *_Nonnull stnet_commit(void);

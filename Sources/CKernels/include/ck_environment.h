// The process's environment. C, because Swift does not let a global variable of C be read that anybody may change.
#ifndef CK_ENVIRONMENT_H
#define CK_ENVIRONMENT_H

// "NAME=value" at this place; NULL after the last one.
const char *ck_environment_entry(long place);

#endif

#include "ck_environment.h"

#include <stddef.h>

extern char **environ;

const char *ck_environment_entry(long place) { return environ ? environ[place] : NULL; }

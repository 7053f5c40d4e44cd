#include "conformance/selftest.h"
int selftest(const char *program, bool json, FILE *out) { (void)program,(void)json,(void)out; return 7; }

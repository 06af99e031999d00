/* shell/handbook/page.h -- the still parts of the handbook's page.  Private to shell/handbook/. */
#ifndef YH_SHELL_HANDBOOK_PAGE_H
#define YH_SHELL_HANDBOOK_PAGE_H

extern const char YH_HANDBOOK_STYLE[], YH_HANDBOOK_SCRIPT[];
/* In Chinese, in English; the words of the script as the value of a constant. */
extern const char *const YH_HANDBOOK_FORM[2], *const YH_HANDBOOK_WORDS[2];
#endif

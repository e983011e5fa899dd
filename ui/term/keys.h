/* Private to ui/term: names for what curses calls keys. */
#ifndef MEDTERM_UI_TERM_KEYS_H
#define MEDTERM_UI_TERM_KEYS_H

/* Teaches curses the paste marks, and the sequences of common terminals that this TERM does not list. */
void mt_keys_define(void);
/* From what wgetch returned to an event of the decoder. */
int mt_keys_event(int code);

#endif

/* A disk for the simulator: a SQLite VFS in memory that keeps unsynced writes apart. A path's first component names the
 * node it belongs to ("/till1/register.db"), and a node crashes alone: its handles are dead from that call on, and, when
 * the power failed, of each unsynced write a random part has reached the platter, the last one perhaps torn at 512 bytes. */
#ifndef MEDTERM_SIM_DISK_H
#define MEDTERM_SIM_DISK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct sim_disk;

/* Registers the VFS under name (borrowed for the disk's life). One disk at a time a name. NULL: no memory. */
struct sim_disk *sim_disk_new(const char *name);
void sim_disk_free(struct sim_disk *d);

enum sim_crash { SIM_KILL /* the process died, the machine did not */, SIM_POWER /* unsynced writes are at stake */ };

/* Kills the node now. `draw` gives the damage of a power failure (xorshift seed; any number). */
void sim_disk_crash(struct sim_disk *d, const char *node, enum sim_crash how, uint64_t draw);
/* Crashes the node at its n-th write, sync, truncate or delete from now (n >= 1); 0 disarms. */
void sim_disk_arm(struct sim_disk *d, const char *node, unsigned n, enum sim_crash how, uint64_t draw);
/* True when an armed crash has struck since the last call for that node. */
bool sim_disk_crashed(struct sim_disk *d, const char *node);
/* True when the power of the node has failed since the last call for it. */
bool sim_disk_power_lost(struct sim_disk *d, const char *node);
/* Writes, syncs, truncates and deletes of the node so far. */
uint64_t sim_disk_calls(const struct sim_disk *d, const char *node);
/* Makes the files of `to` those of `from` (a cloned state directory), and disarms it. false: no memory. */
bool sim_disk_clone(struct sim_disk *d, const char *from, const char *to);

#endif

/* Every state of every screen, reached by messages as a person would reach it. A scene is one function and one row. */
#ifndef TESTS_UI_SCENES_H
#define TESTS_UI_SCENES_H

#include "../unit/till/rig.h"

struct scene {
    const char *name;
    void (*build)(struct rig *r);
    bool fresh; /* starts not enrolled */
    bool ascii; /* its golden shows the ASCII signs too */
};
extern const struct scene scenes[];
extern const size_t scene_count;

/* X enrolled, A the same and with ASCII signs, F not enrolled. */
#define SCENE_TABLE(X, A, F)                                                                                                       \
    F(guide_empty)                                                                                                                 \
    F(guide_typed)                                                                                                                 \
    F(guide_busy)                                                                                                                  \
    F(guide_refused)                                                                                                               \
    F(guide_done)                                                                                                                  \
    F(help_guide)                                                                                                                  \
    X(sign_in_empty)                                                                                                               \
    A(sign_in_typed)                                                                                                               \
    X(sign_in_busy)                                                                                                                \
    X(sign_in_wrong)                                                                                                               \
    X(sign_in_locked)                                                                                                              \
    X(sign_in_scan)                                                                                                                \
    X(sign_in_no_staff)                                                                                                            \
    X(help_sign_in)                                                                                                                \
    X(sale_empty)                                                                                                                  \
    A(sale_three)                                                                                                                  \
    A(sale_offline)                                                                                                                \
    X(sale_connecting)                                                                                                             \
    X(sale_frozen)                                                                                                                 \
    X(sale_paused)                                                                                                                 \
    X(sale_attention)                                                                                                              \
    X(sale_filling)                                                                                                                \
    X(sale_unknown)                                                                                                                \
    X(sale_bad_check)                                                                                                              \
    X(sale_looking_up)                                                                                                             \
    X(sale_nothing)                                                                                                                \
    X(sale_expired)                                                                                                                \
    X(sale_short)                                                                                                                  \
    X(sale_pasted)                                                                                                                 \
    X(sale_many)                                                                                                                   \
    X(sale_hostile)                                                                                                                \
    X(sale_not_selling)                                                                                                            \
    X(sale_not_sellable)                                                                                                           \
    X(sale_needs_pharmacist)                                                                                                       \
    X(sale_over_cap)                                                                                                               \
    X(sale_left)                                                                                                                   \
    X(sale_no_address)                                                                                                             \
    X(help_sale)                                                                                                                   \
    X(ask_clear)                                                                                                                   \
    X(customer_open)                                                                                                               \
    X(customer_delivery)                                                                                                           \
    X(customer_full)                                                                                                               \
    X(help_customer)                                                                                                               \
    A(to_pay)                                                                                                                      \
    A(pay_typed)                                                                                                                   \
    X(pay_too_little)                                                                                                              \
    X(pay_scan)                                                                                                                    \
    X(pay_saving)                                                                                                                  \
    X(pay_failed)                                                                                                                  \
    X(pay_many)                                                                                                                    \
    X(pay_hostile)                                                                                                                 \
    X(pay_standing)                                                                                                                \
    X(help_pay)                                                                                                                    \
    X(paid_printing)                                                                                                               \
    X(paid_change)                                                                                                                 \
    X(paid_long_path)                                                                                                              \
    X(paid_exact_unprinted)                                                                                                        \
    X(paid_later)                                                                                                                  \
    X(help_paid)                                                                                                                   \
    A(board_full)                                                                                                                  \
    X(board_old)                                                                                                                   \
    X(board_empty)                                                                                                                 \
    X(board_loading)                                                                                                               \
    X(board_offline)                                                                                                               \
    X(board_taken)                                                                                                                 \
    X(board_advanced)                                                                                                              \
    X(board_finding)                                                                                                               \
    X(board_unpaid)                                                                                                                \
    X(board_many)                                                                                                                  \
    X(help_board)                                                                                                                  \
    X(pick_open)                                                                                                                   \
    X(pick_without_lots)                                                                                                           \
    X(pick_loading)                                                                                                                \
    X(pick_unpaid)                                                                                                                 \
    X(pick_ready)                                                                                                                  \
    X(pick_finding)                                                                                                                \
    X(pick_cancel)                                                                                                                 \
    X(help_pick)                                                                                                                   \
    A(sync_offline)                                                                                                                \
    X(sync_second)                                                                                                                 \
    X(sync_long_reason)                                                                                                            \
    X(sync_many)                                                                                                                   \
    X(sync_hostile)                                                                                                                \
    X(sync_empty)                                                                                                                  \
    X(sync_exported)                                                                                                               \
    X(sync_never)                                                                                                                  \
    X(sync_frozen)                                                                                                                 \
    X(sync_frozen_clean)                                                                                                           \
    X(sync_stuck)                                                                                                                  \
    X(sync_paused)                                                                                                                 \
    X(sync_drop)                                                                                                                   \
    X(sync_drop_gone)                                                                                                              \
    X(sync_trying)                                                                                                                 \
    X(help_sync)

#define SCENE_DECLARED(name) void name(struct rig *r);
SCENE_TABLE(SCENE_DECLARED, SCENE_DECLARED, SCENE_DECLARED)
#undef SCENE_DECLARED

/* What scenes are made of. */
#define MINUTE INT64_C(60000)
mt_time now_of(const struct rig *r);
void line(struct rig *r, struct mt_link_state state);
void online(struct rig *r);
void offline(struct rig *r);
void three_lines(struct rig *r);
void customer(struct rig *r);
void hits(struct rig *r, const int *which, size_t count);

#endif

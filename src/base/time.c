/* Days are counted with the proleptic Gregorian calendar in eras of 400 years (146,097 days) whose years begin in
 * March, so that the leap day is the last of a year and needs no special case. */
#include <medterm/base/time.h>

#include <string.h>

enum { MS_A_SECOND = 1000, MS_A_MINUTE = 60000, MS_A_DAY = 86400000, DAYS_AN_ERA = 146097 };
enum { FIRST_YEAR = 1 };
enum { FIRST_DAY = -719162, LAST_DAY = 2932896 }; /* 0001-01-01 and 9999-12-31 */

bool mt_date_is(struct mt_date d) {
    return d.day != INT32_MIN;
}

static int64_t floor_div(int64_t a, int64_t b) {
    return a / b - (a % b < 0 ? 1 : 0);
}

struct mt_date mt_date_of(mt_time t) {
    int64_t day = floor_div(t, MS_A_DAY);
    if (day > INT32_MAX)
        day = INT32_MAX;
    if (day <= INT32_MIN)
        day = INT32_MIN + 1;
    return (struct mt_date){(int32_t)day};
}

struct mt_date mt_date_from_civil(int year, unsigned month, unsigned day) {
    int64_t y = (int64_t)year - (month <= 2 ? 1 : 0);
    int64_t era = floor_div(y, 400);
    int64_t year_of_era = y - era * 400;
    int64_t month_from_march = (int64_t)(month + 9) % 12;
    int64_t day_of_year = (153 * month_from_march + 2) / 5 + (int64_t)day - 1;
    int64_t day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    return (struct mt_date){(int32_t)(era * DAYS_AN_ERA + day_of_era - 719468)};
}

void mt_date_to_civil(struct mt_date d, int *year, unsigned *month, unsigned *day) {
    int64_t z = (int64_t)d.day + 719468;
    int64_t era = floor_div(z, DAYS_AN_ERA);
    int64_t day_of_era = z - era * DAYS_AN_ERA;
    int64_t year_of_era = (day_of_era - day_of_era / 1460 + day_of_era / 36524 - day_of_era / 146096) / 365;
    int64_t day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    int64_t month_from_march = (5 * day_of_year + 2) / 153;
    *day = (unsigned)(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    *month = (unsigned)(month_from_march < 10 ? month_from_march + 3 : month_from_march - 9);
    *year = (int)(year_of_era + era * 400 + (*month <= 2 ? 1 : 0));
}

static void put_digits(char *to, size_t width, int64_t value) {
    while (width--) {
        to[width] = (char)('0' + value % 10);
        value /= 10;
    }
}

/* Four digits hold the years 1 to 9999; what lies outside is shown as the nearest day they can name. */
static int32_t within_calendar(int64_t day) {
    return (int32_t)(day < FIRST_DAY ? FIRST_DAY : day > LAST_DAY ? LAST_DAY : day);
}

void mt_date_format(struct mt_date d, char out[MT_DATE_TEXT]) {
    memset(out, 0, MT_DATE_TEXT);
    if (!mt_date_is(d))
        return;
    int year;
    unsigned month, day;
    mt_date_to_civil((struct mt_date){within_calendar(d.day)}, &year, &month, &day);
    memcpy(out, "0000-00-00", MT_DATE_TEXT);
    put_digits(out, 4, year);
    put_digits(out + 5, 2, month);
    put_digits(out + 8, 2, day);
}

void mt_time_format(mt_time t, char out[MT_TIME_TEXT]) {
    const int64_t first = (int64_t)FIRST_DAY * MS_A_DAY;
    const int64_t last = ((int64_t)LAST_DAY + 1) * MS_A_DAY - 1;
    t = t < first ? first : t > last ? last : t;
    struct mt_date d = mt_date_of(t);
    int64_t ms = t - (int64_t)d.day * MS_A_DAY;
    char date[MT_DATE_TEXT];
    mt_date_format(d, date);
    memcpy(out, "0000-00-00T00:00:00.000Z", MT_TIME_TEXT);
    memcpy(out, date, MT_DATE_TEXT - 1);
    put_digits(out + 11, 2, ms / MS_A_MINUTE / 60);
    put_digits(out + 14, 2, ms / MS_A_MINUTE % 60);
    put_digits(out + 17, 2, ms / MS_A_SECOND % 60);
    put_digits(out + 20, 3, ms % MS_A_SECOND);
}

/* Takes exactly `width` digits off the front. */
static bool take_number(struct mt_sv *rest, size_t width, unsigned *out) {
    if (rest->n < width)
        return false;
    unsigned v = 0;
    for (size_t i = 0; i < width; i++) {
        if (rest->p[i] < '0' || rest->p[i] > '9')
            return false;
        v = v * 10 + (unsigned)(rest->p[i] - '0');
    }
    rest->p += width;
    rest->n -= width;
    *out = v;
    return true;
}

static bool take_char(struct mt_sv *rest, char c) {
    if (!rest->n || rest->p[0] != c)
        return false;
    rest->p++;
    rest->n--;
    return true;
}

static unsigned days_in_month(unsigned year, unsigned month) {
    static const unsigned char days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    bool leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    return days[month - 1] + (month == 2 && leap ? 1u : 0u);
}

static bool take_date(struct mt_sv *rest, struct mt_date *out) {
    unsigned year, month, day;
    if (!take_number(rest, 4, &year) || !take_char(rest, '-') || !take_number(rest, 2, &month) || !take_char(rest, '-') ||
        !take_number(rest, 2, &day))
        return false;
    if (year < FIRST_YEAR || month < 1 || month > 12 || day < 1 || day > days_in_month(year, month))
        return false;
    *out = mt_date_from_civil((int)year, month, day);
    return true;
}

enum mt_rc mt_date_parse(struct mt_sv text, struct mt_date *out) {
    struct mt_date d;
    if (!take_date(&text, &d) || text.n)
        return MT_INVALID;
    *out = d;
    return MT_OK;
}

/* ".123456" as whole milliseconds, the rest dropped; nothing when there is no fraction. */
static bool take_fraction(struct mt_sv *rest, int64_t *ms) {
    *ms = 0;
    if (!take_char(rest, '.'))
        return true;
    int64_t weight = 100;
    unsigned digit;
    size_t count = 0;
    for (; take_number(rest, 1, &digit); count++) {
        *ms += weight * digit;
        weight /= 10;
    }
    return count > 0;
}

static bool take_offset(struct mt_sv *rest, int64_t *minutes) {
    *minutes = 0;
    if (take_char(rest, 'Z') || take_char(rest, 'z'))
        return true;
    bool west = take_char(rest, '-');
    unsigned hour, minute;
    if (!west && !take_char(rest, '+'))
        return false;
    if (!take_number(rest, 2, &hour) || !take_char(rest, ':') || !take_number(rest, 2, &minute) || hour > 23 || minute > 59)
        return false;
    *minutes = (int64_t)(hour * 60 + minute) * (west ? -1 : 1);
    return true;
}

enum mt_rc mt_time_parse(struct mt_sv text, mt_time *out) {
    struct mt_date d;
    unsigned hour, minute, second;
    int64_t ms, offset;
    if (!take_date(&text, &d) || (!take_char(&text, 'T') && !take_char(&text, 't')) || !take_number(&text, 2, &hour) ||
        !take_char(&text, ':') || !take_number(&text, 2, &minute) || !take_char(&text, ':') || !take_number(&text, 2, &second) ||
        !take_fraction(&text, &ms) || !take_offset(&text, &offset) || text.n)
        return MT_INVALID;
    if (hour > 23 || minute > 59 || second > 60)
        return MT_INVALID;
    int64_t at_minute = (int64_t)d.day * MS_A_DAY + ((int64_t)hour * 60 + minute - offset) * MS_A_MINUTE;
    /* A leap second closes a UTC day; nothing else has a 60th second (RFC 3339, 5.7). It counts as the next day's first. */
    if (second == 60 && (at_minute + MS_A_MINUTE) % MS_A_DAY != 0)
        return MT_INVALID;
    int64_t t = at_minute + (int64_t)second * MS_A_SECOND + ms;
    struct mt_date day = mt_date_of(t);
    if (day.day < FIRST_DAY || day.day > LAST_DAY)
        return MT_INVALID;
    *out = t;
    return MT_OK;
}

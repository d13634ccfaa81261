//! How Java writes things: dates, the order of a hash table.

/// `Date.toString` in UTC of milliseconds since 1970: `Mon Nov 23 11:01:06 UTC 2026`.
pub(crate) fn date(ms: i64) -> String {
    const DAYS: [&str; 7] = ["Thu", "Fri", "Sat", "Sun", "Mon", "Tue", "Wed"];
    const MONTHS: [&str; 12] = [
        "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
    ];
    let secs = ms.div_euclid(1000);
    let (days, second) = (secs.div_euclid(86_400), secs.rem_euclid(86_400));
    let (year, month, day) = civil(days);
    format!(
        "{} {} {day:02} {:02}:{:02}:{:02} UTC {year}",
        DAYS[days.rem_euclid(7) as usize],
        MONTHS[month as usize - 1],
        second / 3600,
        second / 60 % 60,
        second % 60,
    )
}

/// Year, month and day of a day since 1970 (H. Hinnant's `civil_from_days`).
fn civil(days: i64) -> (i64, i64, i64) {
    let shifted = days + 719_468;
    let era = shifted.div_euclid(146_097);
    let of_era = shifted.rem_euclid(146_097);
    let year = (of_era - of_era / 1460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year + year / 4 - year / 100);
    let shifted_month = (5 * of_year + 2) / 153;
    let day = of_year - (153 * shifted_month + 2) / 5 + 1;
    let month = if shifted_month < 10 {
        shifted_month + 3
    } else {
        shifted_month - 9
    };
    (year + era * 400 + i64::from(month <= 2), month, day)
}

/// An average as `AvgMinMaxCounter` tells it: rounded to four digits, written as Java writes a double.
pub(crate) fn double(total: u64, count: u64) -> String {
    let scaled = (total * 20_000 + count).checked_div(count * 2).unwrap_or(0);
    let digits = format!("{:04}", scaled % 10_000);
    let digits = digits.trim_end_matches('0');
    let digits = if digits.is_empty() { "0" } else { digits };
    format!("{}.{digits}", scaled / 10_000)
}

/// `String.hashCode`.
fn hash_code(text: &str) -> i32 {
    let add = |hash: i32, unit: u16| hash.wrapping_mul(31).wrapping_add(i32::from(unit));
    text.encode_utf16().fold(0, add)
}

/// Puts names into the order in which a `HashSet` that began with room for `room` of them gives them out. Names of one
/// bucket keep the order in which they come; a set that once was larger and has shrunk may have another order.
pub(crate) fn hash_order<T: AsRef<str>>(names: &mut [T], room: u32) {
    let mut buckets = room.max(1).next_power_of_two();
    while names.len() as u64 * 4 > u64::from(buckets) * 3 {
        buckets *= 2;
    }
    names.sort_by_key(|name| {
        let hash = hash_code(name.as_ref()) as u32;
        (hash ^ hash >> 16) & (buckets - 1)
    });
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_read_as_javas() {
        // zkCli/ls-s-root.txt and zkCli/get-s.txt of the recordings.
        assert_eq!(date(0), "Thu Jan 01 00:00:00 UTC 1970");
        assert_eq!(date(1_795_431_787_645), "Mon Nov 23 11:03:07 UTC 2026");
        assert_eq!(date(951_782_400_000), "Tue Feb 29 00:00:00 UTC 2000");
    }

    #[test]
    fn a_hash_table_gives_its_names_out_in_its_own_order() {
        // zkCli/ls2.txt of the recordings.
        let recorded = [
            "a",
            "s-0000000006",
            "b",
            "e",
            "cont2",
            "acl",
            "cn",
            "empty",
            "q",
            "es-0000000008",
            "es-0000000007",
            "cont",
            "s-0000000005",
        ];
        let mut names = recorded;
        names.sort_unstable();
        hash_order(&mut names, 8);
        assert_eq!(names, recorded);
    }
}

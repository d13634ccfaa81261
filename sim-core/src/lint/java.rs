//! What of Java a configuration depends on: numbers, splitting, trimming, the order of hash tables.
//!
//! Follows `Integer.parseInt`, `String.split`, `String.trim`, `ConcurrentHashMap` (behind
//! `Properties` since Java 9) and `HashMap` of OpenJDK 17, with which the recorded servers ran. The
//! order matters: a server stops at the first mistake that it meets, and it walks a hash table.

/// `String.trim`: control characters and blanks at both ends.
pub fn trim(text: &str) -> &str {
    text.trim_matches(|c: char| c <= ' ')
}

/// `String.split` by one character: empty parts at the end are dropped, unless nothing was split.
pub fn split(text: &str, by: char) -> Vec<&str> {
    if !text.contains(by) {
        return vec![text];
    }
    let mut parts: Vec<&str> = text.split(by).collect();
    while parts.last().is_some_and(|part| part.is_empty()) {
        parts.pop();
    }
    parts
}

/// The message of a `NumberFormatException`.
pub fn not_a_number(text: &str, radix: u32) -> String {
    match radix {
        10 => format!("For input string: \"{text}\""),
        _ => format!("For input string: \"{text}\" under radix {radix}"),
    }
}

/// `Long.parseLong`: a sign and digits, nothing else; digits of any script count.
pub fn parse_long(text: &str, radix: u32) -> Result<i64, String> {
    let wrong = || not_a_number(text, radix);
    let (negative, digits) = match text.as_bytes().first() {
        Some(b'-') => (true, &text[1..]),
        Some(b'+') => (false, &text[1..]),
        _ => (false, text),
    };
    if digits.is_empty() {
        return Err(wrong());
    }
    let mut value: i128 = 0;
    for c in digits.chars() {
        let digit = digit(c, radix).ok_or_else(wrong)?;
        value = value * i128::from(radix) + i128::from(digit);
        if value > i128::from(i64::MAX) + 1 {
            return Err(wrong());
        }
    }
    let value = if negative { -value } else { value };
    i64::try_from(value).map_err(|_| wrong())
}

/// `Integer.parseInt`.
pub fn parse_int(text: &str) -> Result<i32, String> {
    let value = parse_long(text, 10)?;
    i32::try_from(value).map_err(|_| not_a_number(text, 10))
}

/// `Character.digit`, for ASCII, full-width and the Arabic-Indic digits.
fn digit(c: char, radix: u32) -> Option<u32> {
    let ascii = match c {
        '\u{ff10}'..='\u{ff19}' => char::from_u32(c as u32 - 0xff10 + 0x30)?,
        '\u{ff21}'..='\u{ff3a}' => char::from_u32(c as u32 - 0xff21 + 0x41)?,
        '\u{ff41}'..='\u{ff5a}' => char::from_u32(c as u32 - 0xff41 + 0x61)?,
        '\u{0660}'..='\u{0669}' => char::from_u32(c as u32 - 0x0660 + 0x30)?,
        _ => c,
    };
    ascii.to_digit(radix)
}

/// `Boolean.parseBoolean`.
pub fn parse_boolean(text: &str) -> bool {
    text.eq_ignore_ascii_case("true")
}

/// `String.hashCode`.
fn hash_of(text: &str) -> u32 {
    text.encode_utf16().fold(0, |hash, unit| {
        hash.wrapping_mul(31).wrapping_add(u32::from(unit))
    })
}

/// The order in which a `ConcurrentHashMap(8)` walks these keys; each key once, in the order of
/// insertion. Answers positions.
pub fn properties_order(keys: &[&str]) -> Vec<usize> {
    let spread = |key: &str| {
        let hash = hash_of(key);
        (hash ^ (hash >> 16)) & 0x7fff_ffff
    };
    let hashes: Vec<u32> = keys.iter().map(|key| spread(key)).collect();
    let mut bins: Vec<Vec<usize>> = vec![Vec::new(); 16];
    for (i, hash) in hashes.iter().enumerate() {
        let size = bins.len();
        bins[*hash as usize & (size - 1)].push(i);
        if i + 1 >= size - size / 4 {
            bins = transferred(&bins, &hashes);
        }
    }
    bins.into_iter().flatten().collect()
}

/// `transfer`: each bin falls into two; the run at its end that stays together keeps its order,
/// what is before it is put in front, one after another.
fn transferred(bins: &[Vec<usize>], hashes: &[u32]) -> Vec<Vec<usize>> {
    let size = bins.len();
    let mut next = vec![Vec::new(); size * 2];
    for (at, bin) in bins.iter().enumerate() {
        let high = |i: &usize| hashes[*i] as usize & size != 0;
        let Some(last) = bin.last() else {
            continue;
        };
        let run = bin.iter().rposition(|i| high(i) != high(last));
        let run = run.map_or(0, |i| i + 1);
        next[if high(last) { at + size } else { at }] = bin[run..].to_vec();
        for i in &bin[..run] {
            next[if high(i) { at + size } else { at }].insert(0, *i);
        }
    }
    next
}

/// The order in which a `HashMap<Long, …>` walks these keys; each key once, in the order of insertion.
pub fn long_order(keys: &[i64]) -> Vec<i64> {
    let spread = |key: i64| {
        let hash = (key ^ ((key as u64) >> 32) as i64) as u32;
        hash ^ (hash >> 16)
    };
    let mut size = 16;
    while keys.len() > size - size / 4 {
        size *= 2;
    }
    let mut ordered: Vec<i64> = keys.to_vec();
    // A split keeps the order within a bin, so the last size decides.
    ordered.sort_by_key(|key| spread(*key) as usize & (size - 1));
    ordered
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_read_as_java_reads_them() {
        assert_eq!(parse_int("+10"), Ok(10));
        assert_eq!(parse_int("-5"), Ok(-5));
        assert_eq!(parse_int("\u{ff11}\u{ff10}"), Ok(10));
        assert_eq!(parse_long("ff", 16), Ok(255));
        for wrong in ["", "+", "1 ", "1.5", "2147483648", "0x10", "1_000"] {
            let message = format!("For input string: \"{wrong}\"");
            assert_eq!(parse_int(wrong), Err(message));
        }
        assert_eq!(parse_int("-2147483648"), Ok(i32::MIN));
    }

    #[test]
    fn splitting_drops_empty_parts_at_the_end_only() {
        assert_eq!(split("", ':'), [""]);
        assert_eq!(split(":1:2", ':'), ["", "1", "2"]);
        assert_eq!(split("h:1:2::", ':'), ["h", "1", "2"]);
        assert!(split(":::", ':').is_empty());
    }

    /// What OpenJDK 17.0.15 printed for these tables.
    #[test]
    fn tables_are_walked_as_java_walks_them() {
        let keys = "group.6 xmhy weight.20 men server.7 group.5 weight.29 rfyt yuuejjp weight.7 vu qfdakl jt server.27";
        let walked = "jt server.27 weight.7 qfdakl weight.20 men group.6 rfyt weight.29 group.5 yuuejjp xmhy server.7 vu";
        let keys: Vec<&str> = keys.split(' ').collect();
        let order = properties_order(&keys);
        let ours: Vec<&str> = order.into_iter().map(|i| keys[i]).collect();
        assert_eq!(ours.join(" "), walked);
        let keys = [
            151_i64,
            1_228_599_306_128_746_119,
            -8_391_574_948_182_763_007,
            24,
            201,
            46,
            224,
            324,
            7_925_795_281_317_067_011,
        ];
        assert_eq!(
            long_order(&keys),
            [
                224,
                7_925_795_281_317_067_011,
                324,
                151,
                24,
                201,
                1_228_599_306_128_746_119,
                -8_391_574_948_182_763_007,
                46
            ]
        );
    }
}

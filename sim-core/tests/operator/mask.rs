//! Masks for what depends on the recording machine, and how often each was needed.

/// How many of each were masked.
#[derive(Debug, Default)]
pub struct Masks {
    /// Dates and times.
    pub times: usize,
    /// Session ids.
    pub sessions: usize,
    /// Ports of clients.
    pub ports: usize,
    /// Latencies in ms.
    pub latencies: usize,
    /// Memory and open files.
    pub machine: usize,
    /// Lines of the client library's log.
    pub log_lines: usize,
    /// Zxids, and the numbers of sessions.
    pub zxids: usize,
    /// Places where the terminal of the recording had reached its 80 columns.
    pub columns: usize,
}

/// A text without what depends on the machine.
pub fn mask(text: &str, masks: &mut Masks) -> String {
    let mut lines = Vec::new();
    for line in text.split('\n') {
        if is_log(line) {
            masks.log_lines += 1;
            continue;
        }
        lines.push(masked_line(line, masks));
    }
    lines.join("\n")
}

/// Lines of log4j: `2026-11-23 11:01:48,927 [myid:] - INFO …`, `[2026-11-23 11:13:20,423] ERROR …`, and the stack traces and the
/// exception behind a warning.
fn is_log(line: &str) -> bool {
    let line = line.trim_start_matches('[');
    line.starts_with("20") && line.get(4..5) == Some("-") && line.contains(':')
        || line.starts_with("EndOfStreamException: ")
        || line.starts_with("\tat org.apache.zookeeper.ClientCnxn")
}

/// Also without zxids and the numbers of sessions. In the sets of one command each they tell how many sessions there were
/// before, and a process that ends at once may or may not have opened one.
pub fn mask_zxids(text: &str, masks: &mut Masks) -> String {
    let text = mask(text, masks);
    let line = |line: &str| {
        for name in [
            "cZxid = ",
            "mZxid = ",
            "pZxid = ",
            "ephemeralOwner = 0x1<clock>",
        ] {
            if line.starts_with(name) {
                masks.zxids += 1;
                return format!("{name}<>");
            }
        }
        match line.strip_suffix(" \r") {
            Some(line) => {
                masks.columns += 1;
                line.to_owned()
            }
            None => line.to_owned(),
        }
    };
    text.split('\n').map(line).collect::<Vec<_>>().join("\n")
}

fn masked_line(line: &str, masks: &mut Masks) -> String {
    for name in ["ctime = ", "mtime = "] {
        if let Some(rest) = line.strip_prefix(name)
            && !rest.contains("1970")
        {
            masks.times += 1;
            return format!("{name}<time>");
        }
    }
    if let Some(at) = line.find(" expire at ") {
        masks.times += 1;
        return format!("{} expire at <time>:", &line[..at]);
    }
    if line.starts_with("Latency min/avg/max: ") {
        masks.latencies += 1;
        return "Latency min/avg/max: <ms>".into();
    }
    if line.starts_with("os.memory.") || line.starts_with("zk_open_file_descriptor_count") {
        masks.machine += 1;
        return line
            .split(['=', '\t'])
            .next()
            .unwrap_or_default()
            .to_owned()
            + "<machine>";
    }
    for name in ["zk_avg_latency", "zk_max_latency", "zk_min_latency"] {
        if line.starts_with(name) {
            masks.latencies += 1;
            return format!("{name}\t<ms>");
        }
    }
    let mut line = line.to_owned();
    for name in ["est=", "lresp="] {
        masks.times += blank(&mut line, name);
    }
    for name in ["llat=", "minlat=", "avglat=", "maxlat="] {
        masks.latencies += blank(&mut line, name);
    }
    masks.ports += blank(&mut line, "/127.0.0.1:");
    masks.sessions += session_ids(&mut line);
    line
}

/// Puts `<>` in the place of the number behind a name.
fn blank(line: &mut String, name: &str) -> usize {
    let Some(at) = line.find(name).map(|at| at + name.len()) else {
        return 0;
    };
    let digits = line[at..].chars().take_while(char::is_ascii_digit).count();
    line.replace_range(at..at + digits, "<>");
    1
}

/// Session ids have their server's id in the highest byte of eight: the rest of it is the clock.
fn session_ids(line: &mut String) -> usize {
    let mut found = 0;
    let mut from = 0;
    while let Some(at) = line[from..].find("0x").map(|at| from + at + 2) {
        let digits = line[at..]
            .chars()
            .take_while(char::is_ascii_hexdigit)
            .count();
        if digits == 15 {
            line.replace_range(at + 1..at + 11, "<clock>");
            found += 1;
        }
        from = at;
    }
    found
}

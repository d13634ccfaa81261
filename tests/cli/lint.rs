//! `lint` and `import` from outside: the configurations that the ensemble documents show, and several
//! servers beside each other.

use crate::{folder, run, write};
use std::fs;
use std::path::{Path, PathBuf};

/// A server's folder with its zoo.cfg and myid; `lines` follow dataDir.
fn server(at: &Path, name: &str, myid: &str, lines: &str) -> PathBuf {
    let data = at.join(name).join("data");
    fs::create_dir_all(&data).expect("a folder for the test");
    write(&data.join("myid"), myid);
    let text = format!("dataDir={}\n{lines}", data.display());
    let file = at.join(name).join("zoo.cfg");
    write(&file, text);
    file
}

fn text(path: &Path) -> &str {
    path.to_str().expect("UTF-8")
}

const LIMITS: &str = "tickTime=2000\ninitLimit=10\nsyncLimit=5\nclientPort=2181\n";

/// What the documents 000 to 003 show as zoo.cfg, with the release that they name. In 000 comments
/// stand behind values; a real server refuses that (claims.md, recording K
/// `comment-after-value-tickTime`).
const DOCUMENTS: [(&str, &str, &str, i32); 4] = [
    (
        "000",
        "3.5.7",
        "tickTime=2000 #通信心跳时间，单位毫秒\ninitLimit=10 #初始连接\nsyncLimit=5 #同步通信\n\
         clientPort=2181 #客户端连接端口\nserver.1=192.168.204.61:3188:3288\n\
         server.2=192.168.204.62:3188:3288\nserver.3=192.168.204.63:3188:3288\n",
        1,
    ),
    (
        "001",
        "3.5.7",
        "#通信心跳时间\ntickTime=2000\ninitLimit=10\nsyncLimit=5\nclientPort=2181\n\
         server.1=192.168.99.50:3188:3288\nserver.2=192.168.99.51:3188:3288\n\
         server.3=192.168.99.53:3188:3288\n",
        0,
    ),
    (
        "002",
        "3.8.0",
        "tickTime=2000\ninitLimit=10\nsyncLimit=5\nclientPort=2181\nmaxClientCnxns=60\n\
         autopurge.snapRetainCount=3\nautopurge.purgeInterval=1\n\
         metricsProvider.className=org.apache.zookeeper.metrics.prometheus.PrometheusMetricsProvider\n\
         metricsProvider.httpHost=0.0.0.0\nmetricsProvider.httpPort=7000\n\
         metricsProvider.exportJvmInfo=true\nserver.1=192.168.154.146:2888:3888\n\
         server.2=192.168.154.147:2888:3888\nserver.3=192.168.154.148:2888:3888\n",
        1,
    ),
    (
        "003",
        "3.5.7",
        " tickTime=2000\n # 数据文件存放位置\n clientPort=2181\n initLimit=5\n syncLimit=2\n\
         server.1=aming01:2888:3888\n server.2=aming02:2888:3888\n server.3=aming03:2888:3888\n",
        0,
    ),
];

#[test]
fn what_the_documents_show_is_checked_imported_and_played() {
    for (document, release, lines, code) in DOCUMENTS {
        let at = folder(&format!("lint-document-{document}"));
        let file = server(&at, "zk1", "1\n", lines);
        let said = run(["lint", text(&file), "--release", release]);
        assert_eq!(said.code, code, "{document}: {}{}", said.out, said.err);
        let scenario = at.join("imported.json");
        let said = run([
            "import",
            text(&file),
            "--release",
            release,
            "-o",
            text(&scenario),
        ]);
        assert_eq!(said.code, 0, "{document}: {}", said.err);
        assert_eq!(said.err.is_empty(), code == 0, "{document}: {}", said.err);
        let said = run(["check", text(&scenario), "--seeds", "5"]);
        assert_eq!(said.code, 0, "{document}: {}{}", said.out, said.err);
    }
}

#[test]
fn a_refusal_is_told_in_the_servers_words_and_shown_in_its_place() {
    let at = folder("lint-refusal");
    let lines =
        format!("{LIMITS}server.1=h1:2888:3888\nserver.2=h2:2888:3888\nserver.3=h3：2888：3888\n");
    let file = server(&at, "zk1", "1\n", &lines);
    let said = run(["lint", text(&file)]);
    assert_eq!(said.code, 1);
    for part in [
        "does not start: exit code 2",
        "stderr Invalid config, exiting abnormally",
        "does not have the form server_config",
        "zoo.cfg:8:10",
        "server.3=h3:2888:3888",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = run(["lint", text(&file), "--format", "json", "--lang", "zh"]);
    let json: serde_json::Value = serde_json::from_str(&said.out).expect("JSON");
    let first = &json["files"][0];
    assert_eq!(first["exit_code"], 2);
    assert_eq!(first["remarks"][0]["line"], 8);
    assert!(
        first["remarks"][0]["remedy"]
            .as_str()
            .is_some_and(|zh| zh.contains("全角"))
    );
    let said = run(["lint", text(&at.join("absent.cfg"))]);
    assert_eq!(said.code, 2);
}

#[test]
fn servers_beside_each_other_are_compared() {
    let at = folder("lint-across");
    let list = |third: &str| {
        format!(
            "{LIMITS}server.1=h1:2888:3888\nserver.2=h2:2888:3888\nserver.3={third}:2888:3888\n"
        )
    };
    let files = [
        server(&at, "zk1", "1\n", &list("h3")),
        server(&at, "zk2", "2\n", &list("h4")),
        server(&at, "zk3", "2\n", &list("h3")),
    ];
    let said = run(["lint"]
        .into_iter()
        .chain(files.iter().map(|file| text(file))));
    assert_eq!(said.code, 1);
    for part in ["`server.3` is h4:2888:3888 here", "myid 2 is that of"] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    let said = run(["lint", text(&files[0])]);
    assert_eq!((said.code, said.err.as_str()), (0, ""), "{}", said.out);
}

/// Observers, groups, weights, a shared host and a timeout come through an import.
#[test]
fn an_import_keeps_what_scenarios_know() {
    let at = folder("lint-import");
    let mut lines = format!("{LIMITS}maxSessionTimeout=50000\nforceSync=no\n");
    for id in 1..=6 {
        lines += &format!(
            "server.{id}=10.0.0.{}:{}:{}\n",
            (id + 1) / 2,
            2887 + id,
            3887 + id
        );
    }
    lines += "server.7=10.0.0.9:2888:3888:observer\n";
    lines += "group.1=1:2:3\ngroup.2=4:5:6\nweight.6=0\n";
    let file = server(&at, "zk1", "1\n", &lines);
    let said = run(["import", text(&file)]);
    assert_eq!(said.code, 0, "{}", said.err);
    for part in [
        "{ \"id\": 6, \"group\": 2, \"weight\": 0 }",
        "{ \"id\": 7, \"role\": \"observer\" }",
        "\"maxSessionTimeout\": 50000",
        "{ \"nodes\": [\"zk1\", \"zk2\"] }",
    ] {
        assert!(said.out.contains(part), "{part}: {}", said.out);
    }
    assert!(
        said.err.contains("`forceSync=no` is left out"),
        "{}",
        said.err
    );
    let scenario = at.join("imported.json");
    write(&scenario, &said.out);
    let said = run(["check", text(&scenario), "--seeds", "3"]);
    assert_eq!(said.code, 0, "{}{}", said.out, said.err);
}

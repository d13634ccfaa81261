//! Texts of agreeing on an epoch, bringing histories into line, and giving up.

use crate::explain::text::texts;

texts! {
    // ---- discovery ----
    PORT_OPEN "port-open" {
        "server {who} opens its quorum port: learners can connect from now on",
        "服务器 {who} 打开仲裁端口：Learner 现在可以连入";
        "quorum port open",
        "仲裁端口已打开"
    }
    CONNECT_FAILED "connect-failed" {
        "server {who} cannot connect to its leader {leader} (attempt {attempt}) and tries again \
         after {pause} ms",
        "服务器 {who} 第 {attempt} 次连接 Leader {leader} 失败，{pause} 毫秒后重试";
        "cannot connect to {leader} (attempt {attempt}), again in {pause} ms",
        "连接 {leader} 失败（第 {attempt} 次），{pause} 毫秒后重试"
    }
    FOLLOWER_HEARD "learner-heard.follower" {
        "leader {who} hears from follower {learner}: its acceptedEpoch is {accepted}",
        "Leader {who} 收到 Follower {learner} 的 FOLLOWERINFO：它的 acceptedEpoch 为 {accepted}";
        "FOLLOWERINFO of {learner}: acceptedEpoch {accepted}",
        "{learner} 的 FOLLOWERINFO：acceptedEpoch {accepted}"
    }
    OBSERVER_HEARD "learner-heard.observer" {
        "leader {who} hears from observer {learner}: its acceptedEpoch is {accepted}, but it \
         counts for no quorum",
        "Leader {who} 收到 Observer {learner} 的 OBSERVERINFO：它的 acceptedEpoch 为 {accepted}，但不计入过半";
        "OBSERVERINFO of {learner}: acceptedEpoch {accepted}",
        "{learner} 的 OBSERVERINFO：acceptedEpoch {accepted}"
    }
    EPOCH_PROPOSED "epoch-proposed" {
        "leader {who} proposes epoch {epoch}: one more than the highest acceptedEpoch {highest} \
         of {heard}",
        "Leader {who} 提出 epoch {epoch}：比 {heard} 中最大的 acceptedEpoch {highest} 大 1";
        "proposes epoch {epoch} ({highest} + 1)",
        "提出 epoch {epoch}（{highest} + 1）"
    }
    EPOCH_ACCEPTED "epoch-heard.accepted" {
        "server {who} accepts epoch {offered} of leader {leader}: {offered} > acceptedEpoch \
         {accepted}",
        "服务器 {who} 接受 Leader {leader} 的 epoch {offered}：{offered} > acceptedEpoch {accepted}";
        "accepts epoch {offered} > {accepted}",
        "接受 epoch {offered} > {accepted}"
    }
    EPOCH_AGAIN "epoch-heard.again" {
        "server {who} has accepted epoch {offered} before (acceptedEpoch {accepted}): it answers \
         leader {leader} without counting towards its quorum",
        "服务器 {who} 之前已接受 epoch {offered}（acceptedEpoch {accepted}）：答复 Leader {leader}，但不计入其过半";
        "epoch {offered} again (acceptedEpoch {accepted}): does not count",
        "epoch {offered} 已接受过（acceptedEpoch {accepted}）：不计入"
    }
    EPOCH_REFUSED "epoch-heard.refused" {
        "server {who} refuses epoch {offered} of leader {leader}: {offered} < acceptedEpoch \
         {accepted}",
        "服务器 {who} 拒绝 Leader {leader} 的 epoch {offered}：{offered} < acceptedEpoch {accepted}";
        "refuses epoch {offered} < {accepted}",
        "拒绝 epoch {offered} < {accepted}"
    }
    ACK_EPOCH_COUNTED "ack-epoch.counted" {
        "leader {who} counts ACKEPOCH of {follower}: its history (epoch {epoch}, zxid {zxid}) is \
         not ahead of the leader's own (epoch {own_epoch}, zxid {own_zxid})",
        "Leader {who} 计入 {follower} 的 ACKEPOCH：它的历史（epoch {epoch}，zxid {zxid}）不超前于 Leader \
         自己的（epoch {own_epoch}，zxid {own_zxid}）";
        "ACKEPOCH of {follower}: ({epoch}, {zxid}) ≤ ({own_epoch}, {own_zxid})",
        "{follower} 的 ACKEPOCH：（{epoch}，{zxid}）≤（{own_epoch}，{own_zxid}）"
    }
    ACK_EPOCH_NOT_COUNTED "ack-epoch.not-counted" {
        "leader {who} has ACKEPOCH of {follower} at zxid {zxid}, which does not count: {follower} \
         had accepted this epoch before",
        "Leader {who} 收到 {follower} 的 ACKEPOCH（zxid {zxid}），但不计入：{follower} 之前已接受过这个 epoch";
        "ACKEPOCH of {follower} ({zxid}): does not count",
        "{follower} 的 ACKEPOCH（{zxid}）：不计入"
    }
    ACK_EPOCH_REFUSED "ack-epoch.refused" {
        "leader {who} refuses follower {follower}: its history (epoch {epoch}, zxid {zxid}) is \
         ahead of the leader's own (epoch {own_epoch}, zxid {own_zxid})",
        "Leader {who} 拒绝 Follower {follower}：它的历史（epoch {epoch}，zxid {zxid}）超前于 Leader 自己的（epoch \
         {own_epoch}，zxid {own_zxid}）";
        "refuses {follower}: ({epoch}, {zxid}) > ({own_epoch}, {own_zxid})",
        "拒绝 {follower}：（{epoch}，{zxid}）>（{own_epoch}，{own_zxid}）"
    }
    EPOCH_AGREED "epoch-agreed" {
        "leader {who} has a quorum for epoch {epoch}: {followers}",
        "Leader {who} 的 epoch {epoch} 已获过半同意：{followers}";
        "quorum for epoch {epoch}: {followers}",
        "epoch {epoch} 已过半：{followers}"
    }

    // ---- synchronisation ----
    SYNC_FORCED "sync.forced" {
        "leader {who} sends {learner} {kind}({zxid}): a switch forces it",
        "Leader {who} 向 {learner} 发送 {kind}({zxid})：由开关强制";
        "{learner}: {kind}({zxid}), forced",
        "{learner}：{kind}({zxid})，强制"
    }
    SYNC_EQUAL "sync.equal" {
        "leader {who} sends {learner} an empty {kind}({zxid}): both are at {peer}",
        "Leader {who} 向 {learner} 发送空的 {kind}({zxid})：双方都在 {peer}";
        "{learner}: {kind}({zxid}), equal at {peer}",
        "{learner}：{kind}({zxid})，同在 {peer}"
    }
    SYNC_AHEAD "sync.ahead" {
        "leader {who} sends {learner} {kind}({zxid}): its {peer} is beyond the committed log, \
         which ends at {max}",
        "Leader {who} 向 {learner} 发送 {kind}({zxid})：它的 {peer} 超出已提交日志的末尾 {max}";
        "{learner}: {kind}({zxid}), {peer} > {max}",
        "{learner}：{kind}({zxid})，{peer} > {max}"
    }
    SYNC_COMMITTED_LOG "sync.committed-log" {
        "leader {who} sends {learner} {kind}({zxid}) and {proposals} \
         {proposals|proposal|proposals}: its {peer} lies within the committed log {min} to {max}",
        "Leader {who} 向 {learner} 发送 {kind}({zxid}) 和 {proposals} 个提案：它的 {peer} 落在已提交日志 {min} 到 \
         {max} 之内";
        "{learner}: {kind}({zxid}) + {proposals}, {peer} in {min}..{max}",
        "{learner}：{kind}({zxid}) + {proposals}，{peer} 在 {min}..{max} 内"
    }
    SYNC_CUT_LOG "sync.cut" {
        "leader {who} sends {learner} {kind}({zxid}) and {proposals} \
         {proposals|proposal|proposals}: its {peer} lies between {min} and {max}, but the leader \
         has no such transaction",
        "Leader {who} 向 {learner} 发送 {kind}({zxid}) 和 {proposals} 个提案：它的 {peer} 在 {min} 到 {max} \
         之间，但 Leader 没有这个事务";
        "{learner}: {kind}({zxid}) + {proposals}, {peer} unknown in {min}..{max}",
        "{learner}：{kind}({zxid}) + {proposals}，{min}..{max} 中没有 {peer}"
    }
    SYNC_DISK_LOG "sync.disk-log" {
        "leader {who} sends {learner} {kind}({zxid}) and {proposals} \
         {proposals|proposal|proposals} from its log on disk: {peer} is behind the committed log, \
         which begins at {min}",
        "Leader {who} 向 {learner} 发送 {kind}({zxid}) 和取自磁盘日志的 {proposals} 个提案：{peer} 早于已提交日志的开头 \
         {min}";
        "{learner}: {kind}({zxid}) + {proposals} from disk, {peer} < {min}",
        "{learner}：{kind}({zxid}) + 磁盘上的 {proposals} 个，{peer} < {min}"
    }
    SYNC_TOO_FAR "sync.too-far-behind" {
        "leader {who} sends {learner} its whole database, {kind}({zxid}): neither the committed \
         log (from {min}) nor its log on disk reaches back to {peer}",
        "Leader {who} 向 {learner} 发送整个数据库 {kind}({zxid})：已提交日志（始于 {min}）和磁盘日志都追不到 {peer}";
        "{learner}: {kind}({zxid}), nothing reaches back to {peer} (from {min})",
        "{learner}：{kind}({zxid})，日志追不到 {peer}（始于 {min}）"
    }
    SYNC_LOG_TOO_LARGE "sync.disk-log-too-large" {
        "leader {who} sends {learner} its whole database, {kind}({zxid}): the log on disk from \
         {peer} on is larger than the limit",
        "Leader {who} 向 {learner} 发送整个数据库 {kind}({zxid})：磁盘上自 {peer} 起的日志超过大小上限";
        "{learner}: {kind}({zxid}), log from {peer} too large",
        "{learner}：{kind}({zxid})，自 {peer} 起的日志过大"
    }
    SYNC_EPOCH_BOUNDARY "sync.epoch-boundary" {
        "leader {who} sends {learner} its whole database, {kind}({zxid}): cutting back from \
         {peer} would cross an epoch",
        "Leader {who} 向 {learner} 发送整个数据库 {kind}({zxid})：从 {peer} 往回截断会跨越 epoch";
        "{learner}: {kind}({zxid}), a cut from {peer} would cross an epoch",
        "{learner}：{kind}({zxid})，从 {peer} 截断会跨 epoch"
    }
    SYNC_GAP "sync.gap" {
        "leader {who} sends {learner} its whole database, {kind}({zxid}): its log on disk from \
         {peer} on ends before the committed log begins at {min}",
        "Leader {who} 向 {learner} 发送整个数据库 {kind}({zxid})：磁盘上自 {peer} 起的日志在已提交日志的开头 {min} 之前就断了";
        "{learner}: {kind}({zxid}), gap between {peer} and {min}",
        "{learner}：{kind}({zxid})，{peer} 与 {min} 之间有缺口"
    }
    SYNC_HEARD "sync-heard" {
        "server {who} receives {kind}({zxid})",
        "服务器 {who} 收到 {kind}({zxid})";
        "{kind}({zxid})",
        "{kind}({zxid})"
    }
    NEW_LEADER_HEARD "new-leader-heard" {
        "server {who} receives NEWLEADER of epoch {epoch}",
        "服务器 {who} 收到 epoch {epoch} 的 NEWLEADER";
        "NEWLEADER, epoch {epoch}",
        "NEWLEADER，epoch {epoch}"
    }
    NEW_LEADER_ACK "new-leader-ack" {
        "leader {who} has the acknowledgement of NEWLEADER ({zxid}) from {learner}",
        "Leader {who} 收到 {learner} 对 NEWLEADER（{zxid}）的确认";
        "NEWLEADER acknowledged by {learner} ({zxid})",
        "{learner} 已确认 NEWLEADER（{zxid}）"
    }
    NEW_LEADER_ACK_AGAIN "new-leader-ack.not-counted" {
        "leader {who} has the acknowledgement of NEWLEADER ({zxid}) from {learner}, which counts \
         for no quorum",
        "Leader {who} 收到 {learner} 对 NEWLEADER（{zxid}）的确认，但不计入过半";
        "NEWLEADER acknowledged by {learner} ({zxid}), does not count",
        "{learner} 已确认 NEWLEADER（{zxid}），不计入"
    }
    NEW_LEADER_ACK_WRONG "new-leader-ack.wrong" {
        "leader {who} waits for {learner} to acknowledge NEWLEADER, but an ACK of {zxid} comes: \
         it does not count",
        "Leader {who} 正等待 {learner} 确认 NEWLEADER，来的却是对 {zxid} 的 ACK：不计入";
        "ACK of {zxid} from {learner} where NEWLEADER's was due",
        "{learner} 的 ACK 是 {zxid}，而非 NEWLEADER"
    }
    ESTABLISHED "established" {
        "leader {who} is established in epoch {epoch} by {followers} and begins to serve at {zxid}",
        "Leader {who} 在 epoch {epoch} 得到 {followers} 的确认，从 {zxid} 起开始服务";
        "established in epoch {epoch} by {followers} at {zxid}",
        "epoch {epoch} 确立：{followers}，zxid {zxid}"
    }
    UP_TO_DATE "up-to-date" {
        "server {who} is up to date with its leader and begins to serve at {zxid}",
        "服务器 {who} 与 Leader 同步完毕，从 {zxid} 起开始服务";
        "up to date at {zxid}",
        "同步完毕，zxid {zxid}"
    }
    LEARNER_LOST "learner-lost" {
        "leader {who} loses learner {learner}: {word}",
        "Leader {who} 失去 Learner {learner}：{word}";
        "loses {learner}: {word}",
        "失去 {learner}：{word}"
    }
    STEPPED_DOWN "stepped-down" {
        "server {who} gives up {was} and looks for a leader again: {word}",
        "服务器 {who} 放弃 {was}，重新寻找 Leader：{word}";
        "gives up {was}: {word}",
        "放弃 {was}：{word}"
    }
    STEPPED_DOWN_SYNCED "stepped-down.synced" {
        "server {who} gives up {was} and looks for a leader again: {word} (in time: {synced})",
        "服务器 {who} 放弃 {was}，重新寻找 Leader：{word}（按时的只有 {synced}）";
        "gives up {was}: {word} ({synced} in time)",
        "放弃 {was}：{word}（按时：{synced}）"
    }
}

//! Texts of starting, voting and deciding.

use crate::explain::text::texts;

texts! {
    // ---- the start of a process ----
    LOADED_EMPTY "loaded.empty" {
        "server {who} finds nothing on its disk: zxid 0x0, currentEpoch {current}, acceptedEpoch \
         {accepted}",
        "服务器 {who} 的磁盘为空：zxid 0x0，currentEpoch {current}，acceptedEpoch {accepted}";
        "empty disk, currentEpoch {current}, acceptedEpoch {accepted}",
        "磁盘为空，currentEpoch {current}，acceptedEpoch {accepted}"
    }
    ALONE_EMPTY "alone.empty" {
        "server {who} is the only one in its configuration: it runs standalone, without election \
         and quorum, and finds nothing on its disk",
        "服务器 {who} 的配置里只有它自己：以单机模式运行，不选举、没有过半数；磁盘为空";
        "runs standalone, empty disk",
        "单机模式，磁盘为空"
    }
    ALONE_LOADED "alone.loaded" {
        "server {who} is the only one in its configuration: it runs standalone, without election \
         and quorum, and reads its disk: snapshot.{snapshot} and {replayed} \
         {replayed|transaction|transactions} from the log, last zxid {zxid}",
        "服务器 {who} 的配置里只有它自己：以单机模式运行，不选举、没有过半数；读盘：载入 snapshot.{snapshot}，再从日志重放 {replayed} \
         个事务，最后的 zxid 为 {zxid}";
        "runs standalone: snapshot.{snapshot} + {replayed}, zxid {zxid}",
        "单机模式：snapshot.{snapshot} + {replayed} 个事务，zxid {zxid}"
    }
    LOADED_LOG "loaded.log" {
        "server {who} reads its disk: {replayed} {replayed|transaction|transactions} from the \
         log, last zxid {zxid}, currentEpoch {current}, acceptedEpoch {accepted}",
        "服务器 {who} 读盘：从日志重放 {replayed} 个事务，最后的 zxid 为 {zxid}，currentEpoch {current}，acceptedEpoch \
         {accepted}";
        "disk: {replayed} from the log, zxid {zxid}, epochs {current}/{accepted}",
        "读盘：日志 {replayed} 个事务，zxid {zxid}，epoch {current}/{accepted}"
    }
    LOADED_SNAPSHOT "loaded.snapshot" {
        "server {who} reads its disk: snapshot.{snapshot} and {replayed} \
         {replayed|transaction|transactions} from the log, last zxid {zxid}, currentEpoch \
         {current}, acceptedEpoch {accepted}",
        "服务器 {who} 读盘：载入 snapshot.{snapshot}，再从日志重放 {replayed} 个事务，最后的 zxid 为 {zxid}，currentEpoch \
         {current}，acceptedEpoch {accepted}";
        "disk: snapshot.{snapshot} + {replayed}, zxid {zxid}, epochs {current}/{accepted}",
        "读盘：snapshot.{snapshot} + {replayed} 个事务，zxid {zxid}，epoch {current}/{accepted}"
    }
    FATAL "fatal" {
        "server {who} ends itself with exit code {code}: {reason}",
        "服务器 {who} 以退出码 {code} 自行终止：{reason}";
        "exit {code}: {reason}",
        "退出码 {code}：{reason}"
    }
    TAMPERED_STATE "tampered.state" {
        "server {who} is made {state} from outside, without an election",
        "服务器 {who} 未经选举，被外部设为 {state}";
        "is made {state} from outside",
        "被外部设为 {state}"
    }
    TAMPERED_QUITS "tampered.quits" {
        "server {who} is made from outside to leave the next leader it follows, at once",
        "服务器 {who} 被外部设定：一旦开始跟随下一位 Leader，就立即离开";
        "is made from outside to leave its next leader at once",
        "被外部设定立即离开下一位 Leader"
    }
    TAMPERED_VOTE "tampered.vote" {
        "the vote that server {who} tells others is changed from outside: for {leader}, zxid {zxid}, round {round}",
        "服务器 {who} 报给别人的选票被外部改动：投 {leader}，zxid {zxid}，第 {round} 轮";
        "its vote is changed from outside: {leader}, zxid {zxid}, round {round}",
        "选票被外部改动：{leader}，zxid {zxid}，第 {round} 轮"
    }
    TAMPERED_ZXID "tampered.zxid" {
        "the counter of leader {who} is moved from outside: as if {zxid} had been the last",
        "Leader {who} 的计数被外部移动：如同刚用过 {zxid}";
        "its counter is moved from outside, to {zxid}",
        "计数被外部移到 {zxid}"
    }
    STATE "state" {
        "server {who} goes from {from} to {to}",
        "服务器 {who} 由 {from} 变为 {to}";
        "{from} → {to}",
        "{from} → {to}"
    }
    PHASE "phase" {
        "server {who} goes from {from} to {to}",
        "服务器 {who} 由{from}阶段进入{to}阶段";
        "{from} → {to}",
        "{from} → {to}"
    }

    // ---- votes ----
    ROUND_BEGAN "round.began" {
        "server {who} begins election round {round} with a vote for itself: epoch {epoch}, zxid \
         {zxid}",
        "服务器 {who} 开始第 {round} 轮选举，先投自己：epoch {epoch}，zxid {zxid}";
        "round {round}: votes for itself (epoch {epoch}, zxid {zxid})",
        "第 {round} 轮：先投自己（epoch {epoch}，zxid {zxid}）"
    }
    ROUND_BEGAN_OBSERVER "round.began-observer" {
        "server {who} looks for a leader in round {round}; as an observer it has no vote of its \
         own",
        "服务器 {who} 在第 {round} 轮寻找 Leader；它是 Observer，没有自己的选票";
        "round {round}: looks for a leader without a vote",
        "第 {round} 轮：寻找 Leader，没有选票"
    }
    VOTED_FIRST "voted.first" {
        "server {who} votes for {to} in round {round}: epoch {epoch}, zxid {zxid}",
        "服务器 {who} 在第 {round} 轮投票给 {to}：epoch {epoch}，zxid {zxid}";
        "votes for {to} (epoch {epoch}, zxid {zxid})",
        "投票给 {to}（epoch {epoch}，zxid {zxid}）"
    }
    VOTED_SELF "voted.self" {
        "server {who} votes for itself in round {round}: epoch {epoch}, zxid {zxid}",
        "服务器 {who} 在第 {round} 轮投票给自己：epoch {epoch}，zxid {zxid}";
        "votes for itself (epoch {epoch}, zxid {zxid})",
        "投给自己（epoch {epoch}，zxid {zxid}）"
    }
    VOTED "voted" {
        "server {who} moves its vote from {from} to {to}: {compared}",
        "服务器 {who} 把选票从 {from} 改投 {to}：{compared}";
        "vote {from} → {to}: {compared}",
        "改投 {from} → {to}：{compared}"
    }
    VOTED_UPDATED "voted.updated" {
        "server {who} still votes for {to}, with the newer values it heard: {compared}",
        "服务器 {who} 仍投 {to}，但换成听到的更新的值：{compared}";
        "still {to}: {compared}",
        "仍投 {to}：{compared}"
    }
    VOTED_NOTHING "voted.nothing" {
        "server {who} has no vote of its own in round {round}: it is an observer",
        "服务器 {who} 在第 {round} 轮没有自己的选票：它是 Observer";
        "no vote: an observer",
        "没有选票：Observer"
    }
    VOTED_OBSERVER "voted.observer" {
        "server {who}, an observer, takes up the vote for {to} that it heard from {sender}",
        "服务器 {who} 是 Observer，采纳从 {sender} 听到的投给 {to} 的选票";
        "takes up the vote for {to}",
        "采纳投给 {to} 的票"
    }
    VOTED_ROUND_OTHER "voted.round-other" {
        "server {who} joins round {round} of {sender} and votes for {to}: by {word} that vote \
         ranks above its own first one",
        "服务器 {who} 跟进 {sender} 的第 {round} 轮，投票给 {to}：按 {word} 比较，这一票高于它自己的初始选票";
        "joins round {round}, votes for {to} (by {word})",
        "跟进第 {round} 轮，投 {to}（按 {word} 比较）"
    }
    VOTED_ROUND_SELF "voted.round-self" {
        "server {who} joins round {round} of {sender} and votes for itself again: epoch {epoch}, \
         zxid {zxid}; the vote it heard, for {heard}, is no better",
        "服务器 {who} 跟进 {sender} 的第 {round} 轮，重新投给自己：epoch {epoch}，zxid {zxid}；听到的投给 {heard} 的选票并不更好";
        "joins round {round}, votes for itself again",
        "跟进第 {round} 轮，重新投给自己"
    }

    // ---- comparisons ----
    BY_EPOCH "compared.epoch" {
        "epoch {new} > {old}",
        "epoch {new} > {old}"
    }
    BY_ZXID "compared.zxid" {
        "same epoch {epoch}, zxid {new} > {old}",
        "epoch 同为 {epoch}，zxid {new} > {old}";
        "zxid {new} > {old}",
        "zxid {new} > {old}"
    }
    BY_SID "compared.sid" {
        "same epoch {epoch}, same zxid {zxid}, sid {new} > {old}",
        "epoch 同为 {epoch}，zxid 同为 {zxid}，sid {new} > {old}";
        "sid {new} > {old}",
        "sid {new} > {old}"
    }
    NOT_BY_EPOCH "compared.epoch-less" {
        "epoch {new} < {old}",
        "epoch {new} < {old}"
    }
    NOT_BY_ZXID "compared.zxid-less" {
        "same epoch {epoch}, zxid {new} < {old}",
        "epoch 同为 {epoch}，zxid {new} < {old}";
        "zxid {new} < {old}",
        "zxid {new} < {old}"
    }
    NOT_BY_SID "compared.sid-less" {
        "same epoch {epoch}, same zxid {zxid}, sid {new} < {old}",
        "epoch 同为 {epoch}，zxid 同为 {zxid}，sid {new} < {old}";
        "sid {new} < {old}",
        "sid {new} < {old}"
    }
    EQUAL "compared.equal" {
        "same epoch {epoch}, same zxid {zxid}, same sid {sid}",
        "epoch 同为 {epoch}，zxid 同为 {zxid}，sid 同为 {sid}";
        "the same vote",
        "选票相同"
    }
    BY_WEIGHT "compared.weight" {
        "{new} has weight 0 and can never lead",
        "{new} 的权重为 0，永远不能当 Leader";
        "{new} has weight 0",
        "{new} 的权重为 0"
    }

    // ---- notifications ----
    ANSWERED_OBSERVER "heard.answered-observer" {
        "server {who} answers {sender}, which has no vote: it is {state}, its vote is for {leader}",
        "服务器 {who} 答复没有投票权的 {sender}：自己处于 {state}，选票投给 {leader}";
        "answers {sender} (no voter): {state}, vote for {leader}",
        "答复 {sender}（无投票权）：{state}，选票投给 {leader}"
    }
    ANSWERED_LOOKING "heard.answered-looking" {
        "server {who} is {state} and answers {sender}, which is LOOKING, with its vote for \
         {leader}",
        "服务器 {who} 处于 {state}，用投给 {leader} 的选票答复仍在 LOOKING 的 {sender}";
        "answers {sender}: {state}, vote for {leader}",
        "答复 {sender}：{state}，选票投给 {leader}"
    }
    IGNORED "heard.ignored" {
        "server {who} ignores a vote from {sender}: neither is LOOKING ({state} here, {theirs} \
         there)",
        "服务器 {who} 不理会 {sender} 的选票：双方都不在 LOOKING（己方 {state}，对方 {theirs}）";
        "ignores {sender} ({theirs})",
        "不理会 {sender}（{theirs}）"
    }
    DROPPED_NOT_A_VOTER "heard.not-a-voter" {
        "server {who} drops a vote from {sender} for {leader}: one of them is no voter",
        "服务器 {who} 丢弃 {sender} 投给 {leader} 的选票：二者之中有一个没有投票权";
        "drops {sender}'s vote for {leader}: no voter",
        "丢弃 {sender} 投给 {leader} 的票：无投票权"
    }
    DROPPED_UNINITIALISED "heard.uninitialised" {
        "server {who} drops a vote from {sender}: zxid -1 stands for a server without data",
        "服务器 {who} 丢弃 {sender} 的选票：zxid 为 -1 表示该服务器尚无数据";
        "drops {sender}'s vote: zxid -1",
        "丢弃 {sender} 的票：zxid 为 -1"
    }
    DROPPED_OLD_ROUND "heard.old-round" {
        "server {who} drops a vote from {sender}: its round {theirs} is older than {own}; it has \
         sent its own vote back",
        "服务器 {who} 丢弃 {sender} 的选票：对方的轮次 {theirs} 早于己方的 {own}；已把自己的选票发回";
        "drops {sender}'s vote: round {theirs} < {own}",
        "丢弃 {sender} 的票：轮次 {theirs} < {own}"
    }
    DROPPED_OBSERVING "heard.observing" {
        "server {who} drops a notification from {sender}: an observer's word counts for nothing",
        "服务器 {who} 丢弃 {sender} 的通知：Observer 的话不算数";
        "drops {sender}'s notification: an observer",
        "丢弃 {sender} 的通知：Observer"
    }
    NEWER_ROUND "heard.newer-round" {
        "server {who} hears of round {theirs} from {sender}, newer than its own {own}: it joins \
         it and forgets all votes so far",
        "服务器 {who} 从 {sender} 得知第 {theirs} 轮，比自己的 {own} 新：跟进该轮，并清空已收到的选票";
        "round {theirs} > {own} from {sender}: joins it",
        "{sender} 的轮次 {theirs} > {own}：跟进"
    }
    ADOPTED "heard.adopted" {
        "server {who} hears from {sender} a better vote, for {leader}: {compared}",
        "服务器 {who} 从 {sender} 听到更好的选票，投给 {leader}：{compared}";
        "{sender}: better vote for {leader}, {compared}",
        "{sender}：更好的票，投给 {leader}，{compared}"
    }
    ADOPTED_FIRST "heard.adopted-first" {
        "server {who}, an observer, hears from {sender} the first vote, for {leader}",
        "服务器 {who} 是 Observer，从 {sender} 听到第一张选票，投给 {leader}";
        "{sender}: first vote, for {leader}",
        "{sender}：第一张票，投给 {leader}"
    }
    COUNTED "heard.counted" {
        "server {who} counts the vote of {sender} for {leader}, but keeps its own for {own}: \
         {compared}",
        "服务器 {who} 记下 {sender} 投给 {leader} 的选票，但仍投 {own}：{compared}";
        "{sender}: vote for {leader}, no better ({compared})",
        "{sender}：投给 {leader}，不更好（{compared}）"
    }
    COUNTED_SAME "heard.counted-same" {
        "server {who} counts the vote of {sender} for {leader}, the same as its own",
        "服务器 {who} 记下 {sender} 投给 {leader} 的选票，与自己的相同";
        "{sender}: the same vote for {leader}",
        "{sender}：同样投给 {leader}"
    }
    COUNTED_OWN "heard.counted-own" {
        "server {who} counts its own vote for {leader}",
        "服务器 {who} 记下自己投给 {leader} 的选票";
        "counts its own vote for {leader}",
        "记下自己投给 {leader} 的票"
    }
    LOST_WHILE_FINALISING "heard.lost" {
        "server {who} hears from {sender} a vote for {leader} during the last 200 ms: no better \
         than its own for {own}, so it is consumed and not counted",
        "服务器 {who} 在最后 200 毫秒内听到 {sender} 投给 {leader} 的选票：不比自己投的 {own} 更好，取出后即丢弃，不再计入";
        "{sender}: vote for {leader} lost while finalising",
        "{sender}：投给 {leader} 的票在收尾时丢失"
    }
    PUT_BACK "heard.put-back" {
        "server {who} hears from {sender} a better vote, for {leader}, during the last 200 ms: \
         {compared}; the election goes on",
        "服务器 {who} 在最后 200 毫秒内从 {sender} 听到更好的选票，投给 {leader}：{compared}；选举继续";
        "{sender}: better vote for {leader} in the last 200 ms",
        "{sender}：最后 200 毫秒内出现更好的票，投给 {leader}"
    }
    OUT_OF_ELECTION "heard.out-of-election" {
        "server {who} hears that {sender} is {theirs} with {leader} as leader (round {round}, \
         epoch {epoch})",
        "服务器 {who} 得知 {sender} 处于 {theirs}，Leader 是 {leader}（第 {round} 轮，epoch {epoch}）";
        "{sender}: {theirs}, leader {leader} (round {round}, epoch {epoch})",
        "{sender}：{theirs}，Leader 是 {leader}（第 {round} 轮，epoch {epoch}）"
    }
    TALLY "tally" {
        "server {who} counts {n} {n|vote|votes} for {leader} (from {counted}); {needed} make a \
         quorum",
        "服务器 {who} 数到 {n} 张投给 {leader} 的选票（来自 {counted}）；过半需要 {needed} 张";
        "{n} of {needed} for {leader}: {counted}",
        "{leader} 得票 {n}/{needed}：{counted}"
    }
    TALLY_QUORUM "tally.quorum" {
        "server {who} counts {n} {n|vote|votes} for {leader} (from {counted}): a quorum of \
         {needed} is there",
        "服务器 {who} 数到 {n} 张投给 {leader} 的选票（来自 {counted}）：已达到过半所需的 {needed} 张";
        "{n} of {needed} for {leader}: {counted}, a quorum",
        "{leader} 得票 {n}/{needed}：{counted}，已过半"
    }
    FINALIZE_BEGAN "finalize.began" {
        "server {who} has a quorum for {leader} (from {votes}) and waits 200 ms for a better vote",
        "服务器 {who} 已有过半选票投给 {leader}（来自 {votes}），再等 200 毫秒，看有没有更好的选票";
        "quorum for {leader}: waits 200 ms",
        "{leader} 已过半：再等 200 毫秒"
    }
    BACK_OFF_RESENT "back-off.resent" {
        "server {who} hears nothing for {waited} ms: it sends its vote again and waits {next} ms",
        "服务器 {who} 在 {waited} 毫秒内什么也没听到：重发选票，再等 {next} 毫秒";
        "silence for {waited} ms: sends again, waits {next} ms",
        "静默 {waited} 毫秒：重发，再等 {next} 毫秒"
    }
    BACK_OFF_CONNECT "back-off.connect" {
        "server {who} hears nothing for {waited} ms and has votes it could not send: it tries its \
         connections again and waits {next} ms",
        "服务器 {who} 在 {waited} 毫秒内什么也没听到，且有选票发不出去：重新尝试连接，再等 {next} 毫秒";
        "silence for {waited} ms: dials again, waits {next} ms",
        "静默 {waited} 毫秒：重新连接，再等 {next} 毫秒"
    }
    NO_WORD_FROM_LEADER "no-word-from-leader" {
        "server {who} does not follow {leader} yet: {votes} say that {leader} leads, but LEADING \
         from {leader} itself is missing",
        "服务器 {who} 暂不跟随 {leader}：{votes} 都说 Leader 是 {leader}，但还缺 {leader} 自己的 LEADING";
        "no LEADING from {leader} itself yet ({votes} name it)",
        "还缺 {leader} 自己的 LEADING（{votes} 都认它）"
    }

    // ---- decisions ----
    LEADS_FINALISED "decided.leads" {
        "server {who} leads: {count} equal {count|vote|votes} from {votes} and 200 ms without a \
         better one (round {round}, epoch {epoch}, zxid {zxid})",
        "服务器 {who} 成为 Leader：来自 {votes} 的{count}张相同选票，且 200 毫秒内没有更好的选票（第 {round} 轮，epoch \
         {epoch}，zxid {zxid}）";
        "leads (votes of {votes})",
        "当选 Leader（{votes} 的选票）"
    }
    FOLLOWS_FINALISED "decided.follows" {
        "server {who} follows {leader}: {count} equal {count|vote|votes} from {votes} and 200 ms \
         without a better one (round {round}, epoch {epoch}, zxid {zxid})",
        "服务器 {who} 跟随 {leader}：来自 {votes} 的{count}张相同选票，且 200 毫秒内没有更好的选票（第 {round} 轮，epoch \
         {epoch}，zxid {zxid}）";
        "follows {leader} (votes of {votes})",
        "跟随 {leader}（{votes} 的选票）"
    }
    OBSERVES_FINALISED "decided.observes" {
        "server {who} observes {leader}: {count} equal {count|vote|votes} from {votes} and 200 ms \
         without a better one (round {round}, epoch {epoch}, zxid {zxid})",
        "服务器 {who} 以 Observer 身份跟随 {leader}：来自 {votes} 的{count}张相同选票，且 200 毫秒内没有更好的选票（第 {round} \
         轮，epoch {epoch}，zxid {zxid}）";
        "observes {leader} (votes of {votes})",
        "以 Observer 身份跟随 {leader}（{votes} 的选票）"
    }
    LEADS_NAMED "decided.leads-named" {
        "server {who} leads: {count} equal {count|vote|votes} from {votes}, which say that they \
         follow it (round {round}, epoch {epoch})",
        "服务器 {who} 成为 Leader：{votes} 的{count}张相同选票都说正在跟随它（第 {round} 轮，epoch {epoch}）";
        "leads (named by {votes})",
        "成为 Leader（{votes} 认它）"
    }
    FOLLOWS_SAME_ROUND "decided.follows-round" {
        "server {who} follows {leader}: {count} equal {count|vote|votes} of its own round {round} \
         from {votes} and LEADING from {leader} itself",
        "服务器 {who} 跟随 {leader}：{votes} 在同一轮（第 {round} 轮）的{count}张相同选票，加上 {leader} 自己的 LEADING";
        "follows {leader} (votes of {votes}, LEADING from {leader})",
        "跟随 {leader}（{votes} 的选票与 {leader} 的 LEADING）"
    }
    OBSERVES_SAME_ROUND "decided.observes-round" {
        "server {who} observes {leader}: {count} equal {count|vote|votes} of its own round \
         {round} from {votes} and LEADING from {leader} itself",
        "服务器 {who} 以 Observer 身份跟随 {leader}：{votes} 在同一轮（第 {round} 轮）的{count}张相同选票，加上 {leader} \
         自己的 LEADING";
        "observes {leader} (votes of {votes}, LEADING from {leader})",
        "以 Observer 身份跟随 {leader}（{votes} 的选票与 {leader} 的 LEADING）"
    }
    FOLLOWS_EXISTING "decided.follows-existing" {
        "server {who} follows {leader}: {count} equal {count|vote|votes} from {votes} and LEADING \
         from {leader} itself; it does not count its own",
        "服务器 {who} 跟随 {leader}：来自 {votes} 的{count}张相同选票，加上 {leader} 自己的 LEADING；不计自己的一票";
        "follows {leader} (votes of {votes}, LEADING from {leader})",
        "跟随 {leader}（{votes} 的选票与 {leader} 的 LEADING）"
    }
    OBSERVES_EXISTING "decided.observes-existing" {
        "server {who} observes {leader}: {count} equal {count|vote|votes} from {votes} and \
         LEADING from {leader} itself; it has no vote of its own",
        "服务器 {who} 以 Observer 身份跟随 {leader}：来自 {votes} 的{count}张相同选票，加上 {leader} 自己的 \
         LEADING；它自己没有投票权";
        "observes {leader} (votes of {votes}, LEADING from {leader})",
        "以 Observer 身份跟随 {leader}（{votes} 的选票与 {leader} 的 LEADING）"
    }

    // ---- election connections ----
    CNX_UP_DIALLED "cnx.up-dialled" {
        "server {who} has an election connection to {with}, which it dialled",
        "服务器 {who} 主动与 {with} 建立了选举连接";
        "connected to {with}",
        "已连接 {with}"
    }
    CNX_UP_ACCEPTED "cnx.up-accepted" {
        "server {who} has an election connection from {with}, which dialled",
        "服务器 {who} 接受了 {with} 发起的选举连接";
        "connected from {with}",
        "{with} 已连入"
    }
    CNX_YIELDED "cnx.yielded" {
        "server {who} hangs up on {to}, because the larger id dials: {to} > {who}",
        "服务器 {who} 挂断与 {to} 的连接，因为应由较大的 sid 发起连接：{to} > {who}";
        "lets {to} dial: the larger id",
        "让 {to} 来连：sid 较大"
    }
    CNX_REFUSED "cnx.refused" {
        "server {who} cannot connect to {to}: refused",
        "服务器 {who} 连不上 {to}：被拒绝";
        "cannot connect to {to}: refused",
        "连不上 {to}：被拒绝"
    }
    CNX_TIMED_OUT "cnx.timed-out" {
        "server {who} cannot connect to {to}: nothing heard within cnxTimeout",
        "服务器 {who} 连不上 {to}：在 cnxTimeout 内没有回音";
        "cannot connect to {to}: timeout",
        "连不上 {to}：超时"
    }
    SENT_LATE "sent.late" {
        "server {who} sends {to} a vote that had waited: for {leader}, as {state}",
        "服务器 {who} 把积压的选票发给 {to}：投给 {leader}，状态 {state}";
        "late vote to {to}: for {leader} ({state})",
        "迟发给 {to} 的票：投给 {leader}（{state}）"
    }
    SENT_AGAIN "sent.again" {
        "server {who} repeats to {to}, on a new connection, the last vote it ever sent there: for \
         {leader}, as {state}",
        "服务器 {who} 在新连接上向 {to} 重发最后一次发过的选票：投给 {leader}，状态 {state}";
        "last vote again to {to}: for {leader} ({state})",
        "向 {to} 重发最后的票：投给 {leader}（{state}）"
    }
    CNX_DOWN "cnx.down" {
        "server {who} has lost its election connection with {with}",
        "服务器 {who} 与 {with} 的选举连接断开";
        "lost {with}",
        "与 {with} 断开"
    }
}

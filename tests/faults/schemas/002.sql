PRAGMA application_id=1163084609;
PRAGMA user_version=2;
BEGIN TRANSACTION;
CREATE TABLE attempts (
    id              INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL REFERENCES notifications (id),
    number          INTEGER NOT NULL,
    began_at        INTEGER NOT NULL,
    ended_at        INTEGER,
    outcome         TEXT,
    detail          TEXT
) STRICT;
INSERT INTO "attempts" VALUES(1,1,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(2,2,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(3,3,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(4,4,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(5,5,1,1795428120000000,1795428120000000,'sent','taken');
INSERT INTO "attempts" VALUES(6,6,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(7,7,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(8,8,1,1795428360000000,1795428360000000,'temporary','HTTP 503');
CREATE TABLE configurations (
    version  TEXT    PRIMARY KEY,
    used_at  INTEGER NOT NULL,
    document BLOB    NOT NULL
) STRICT;
INSERT INTO "configurations" VALUES('009be9ff370add17',1795428000000000,X'789CED58596FE33610FE2B865EEB2492ECC4B181057AED4381055AA07D4B02819668891B8914482A4E1AF8BF778687C4C4C7C6C9BA4FBBD9077344CE7C73700E3E470F542A2678B488E278BEA4F3D56A328B495124B3681C29AA35E3A58A16CF514157A4AB75A6281C61FA094E34E4AB90B04DB386FE2B3805D2E74E8A965E7C11BC00A6E348529257D99AE98A818C79ECFE8DA38268B2240ACEF0AEAE3728CBF06514A4DD3C47AC40018C1B019D2C29CF51642DD6C895F0FB68815CA8CA256BB5D500BE30BE12B2010E77C05174324750B089D444D3732D9A7A318F3663CFDF2930F0AF5859F50292F70948D241428E2AC1C7FD42D2770AB98C36F895CA079653E3A15A94686427D9AEC611270D9EFE22CA91596B4A8033ECA15CA31B7788BF671C392C3BC538550A28ADA81942475FC177FAB416B24047458A95DC326E8952488EEE90654B79A132E47813914E5767C5123F807FA56753337E8FC0377B954C27604960FCD40058D5ABD6137AED7E23B2180564A76440F9909239B22F680E88E9B67EC7AB758D6A79AB78ADFCBA57EA17208CFA7B3228058C4C78EC574AD3BCE22EECF66AF561352610E71B0BCBF9C68594D7288831A7D21F03A5A1CD12728F890F4E80B01468D99A12E3160114C1339057079CCE5AC91A229F02BD22A5092FC04140CB2BC2397D71400A8196DAA7C2D51B03ECAF81120087B840E405E101745C85D83DB3B762B7E6DF03786A6F840F811EF010131EF0400900438E0D90E2EA055277E6FB209D9BE868A9686B8A40D1CB7DAC1B8FFB38378B034524175C935CE36985A116FD9400953684D596D7CFF4913420E63C07678350970931A4B9D06C6542D2645D1FDC5046FAC2B31BFFE525728238F4984D483AC8BF8A6311A701E2A538096093554C487AC82E3E872479B4A127016CE4760AE0570972C26BE371DB2BE460FF6E1647A19E06A881D749404F9113DE200FDADE2607FAB3591C05FA32000DBC4E027A869C443B643AFCDD83FED32C8E027D1580065EA7003D8B4D5CEBE126E2EF21AAF5D177711606B53EC9659C4D4CF673A9F24579B425E9758DF485EA55A11C3972A8444DF2FBB0BA1E4061CA1BA46EDD0D2E77CB5ED4DF7EBD4386DB7B4082CDF22510D6E449F546F6B21A653A5FB4F45725F8E2E2224967E731FC258BE4023E5F3C6BB131CDCDA3C6039590DAF953744049FB8981684D9B16ABF4747F571C6365A8052FA9D2BD8F9CAFFD3D35AB03A8CC8657B856C0E923B0A63B6039237B5399D52163E186EF0CEB6A0B16E2CA2B5A74357D19B5BE27D80ADCA1593834070A88246853ED70F7AAF7BB33312A51A1344EAFCEE2E42CBEFC279E2FE218FE9BC8ECB836F358C7196EC321B002A5D4379A90EB899992048C961200AB8323D5751A36835B0AEFE8E3DEA3B0A9C927D4F8FA188D676137B9ADF1763FF81E8D5DD3792285E7C7B8786E4716C7F73912AB15CB8712EE9607D52C4C9ABB89C7C9381D4FC6D340B3401D50C6949764B69838127DCC69AB3377FE00C6996D9CB1F366F612F6CD7790C37D375E83796B6B735FADE0A71B042558B580D2B20C9E02CC3507F16B82769E0C4F32EB8A9A162C7C8971A6EF5F19ECDA8D7CAE1A92A50570F7CA6160369E41FCF875C7218171B1AE6951D222FCC245D6B530E9D2904886B7A6902C095330842F56A45614931588C94A49D73DC9E546D3547692F1B2E798E3441BAD98547AFF4C98248979BFD9B6A6199B5E9871DC7FF343D16E2B5FFDB0F29695A77BACDC42DA1041FF8FDDDE60C9F90F4B6E597266EC23694B894DA17030EB7B8283D933896D03276DBDC724E286F291791C1DE98AE8512149A946C629BB8C7EE31E52EF3E6EF964E860FE67F3FBC3A34FA35BABCF6D341E7964869A36B7916D114AFA96880D9F71197F10354E8BB830A0329C682C4814DD3FD135A24026BC03B5812751F7A12CC673D3799D6D27A33BAC312D9368FD593ADC13C13343C7679C028AD981504AE3C8B1A1F950CD81022D31D794139ED37032CAEC5804F01E1831CFC1E06DF84A561A5F12E3CDB0D30C4DC346DB85BFDA0A1EA997AE29DE7EEDFC96D9719635E8AD35834CB1EFC5C44C7BAC61F6E9AFA14A8108F89D98532DE2EAEBE3661C6CC057D18A42D55F9A2BE71C47B564B9CA30A056ACF66EF90F3AE66D0C');
CREATE TABLE escalations (
    id              INTEGER PRIMARY KEY,
    incident_id     INTEGER NOT NULL REFERENCES incidents (id),
    team            TEXT    NOT NULL,
    policy          TEXT    NOT NULL,
    status          TEXT    NOT NULL,
    level           INTEGER NOT NULL,
    cycle           INTEGER NOT NULL,
    next_at         INTEGER,
    because         TEXT    NOT NULL,
    services        TEXT    NOT NULL,
    urgency         TEXT    NOT NULL,
    paged           TEXT    NOT NULL,
    owed            TEXT    NOT NULL,
    held            INTEGER,
    acked_by        TEXT    NOT NULL,
    page_round      INTEGER NOT NULL,
    involved_by     TEXT,
    acknowledged_at INTEGER,
    acknowledged_by TEXT,
    snoozed_until   INTEGER,
    muted           INTEGER NOT NULL
) STRICT;
INSERT INTO "escalations" VALUES(1,1,'identity','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',2,0,1795428900000000,'Log in belongs to Identity','["login"]','high','[1,2]','[]',NULL,'[]',2,NULL,NULL,NULL,NULL,0);
INSERT INTO "escalations" VALUES(2,2,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','acknowledged',1,0,NULL,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'["dan"]',1,NULL,1795428000000000,'dan',NULL,0);
INSERT INTO "escalations" VALUES(3,3,'platform','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','stopped',1,0,NULL,'Auth database belongs to Platform','["auth-db"]','low','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0);
INSERT INTO "escalations" VALUES(4,4,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{"severities":null,"services":null,"teams":null,"labels":[],"hours":null,"open_for":null,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":""},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',1,0,1795428660000000,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0);
CREATE TABLE facts (
    name  TEXT PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;
INSERT INTO "facts" VALUES('clock_seen_at','1795428360000000');
INSERT INTO "facts" VALUES('last_pass_at','1795428360000000');
CREATE TABLE incidents (
    id                   INTEGER PRIMARY KEY,
    key                  TEXT,
    title                TEXT    NOT NULL,
    message              TEXT,
    status               TEXT    NOT NULL,
    severity             TEXT    NOT NULL,
    services             TEXT    NOT NULL,
    labels               TEXT    NOT NULL,
    lead                 TEXT,
    declared_by          TEXT,
    declared_at          INTEGER NOT NULL,
    updated_at           INTEGER NOT NULL,
    acknowledged_at      INTEGER,
    acknowledged_by      TEXT,
    resolved_at          INTEGER,
    next_due_at          INTEGER,
    config_version       TEXT    NOT NULL,
    routing              TEXT    NOT NULL,
    open_since           INTEGER NOT NULL,
    unacknowledged_since INTEGER,
    message_since        INTEGER NOT NULL,
    severity_since       INTEGER NOT NULL,
    raised_at            INTEGER,
    scope_grew_at        INTEGER,
    latest_update        TEXT,
    suggestion           TEXT,
    rules                TEXT    NOT NULL
) STRICT;
INSERT INTO "incidents" VALUES(1,'monitor-7','Łódź cannot log in 💥','since ten','open','major','["login"]','{"region":"eu"}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,NULL,1795428360000000,'009be9ff370add17','{"query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[]}',1795428000000000,1795428000000000,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[{"rule":"A major that drags on","holds":true,"looked_at":1795428300000000,"fired_at":1795428120000000}]');
INSERT INTO "incidents" VALUES(2,NULL,'cards are declined',NULL,'acknowledged','critical','["payments"]','{}',NULL,'root',1795428000000000,1795428360000000,1795428000000000,'dan',NULL,NULL,'009be9ff370add17','{"query":"cards are declined","match":"given","service":"payments","candidates":[]}',1795428000000000,NULL,1795428360000000,1795428000000000,NULL,NULL,'the bank is looking into it',NULL,'[]');
INSERT INTO "incidents" VALUES(3,NULL,'a blip',NULL,'resolved','minor','["auth-db"]','{}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,1795428000000000,NULL,'009be9ff370add17','{"query":"a blip","match":"given","service":"auth-db","candidates":[]}',1795428000000000,NULL,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[]');
INSERT INTO "incidents" VALUES(4,NULL,'the bank is gone',NULL,'open','major','["payments"]','{}',NULL,'root',1795428360000000,1795428360000000,NULL,NULL,NULL,1795428480000000,'009be9ff370add17','{"query":"the bank is gone","match":"given","service":"payments","candidates":[]}',1795428360000000,1795428360000000,1795428360000000,1795428360000000,NULL,NULL,NULL,NULL,'[]');
CREATE TABLE maintenance (
    id       INTEGER PRIMARY KEY,
    service  TEXT    NOT NULL,
    start_at INTEGER NOT NULL,
    until_at INTEGER NOT NULL,
    reason   TEXT,
    by       TEXT
) STRICT;
INSERT INTO "maintenance" VALUES(1,'auth-db',1795428360000000,1795431960000000,NULL,'root');
CREATE TABLE notifications (
    id            INTEGER PRIMARY KEY,
    incident_id   INTEGER NOT NULL REFERENCES incidents (id),
    kind          TEXT    NOT NULL,
    recipient     TEXT    NOT NULL,
    gateway       TEXT    NOT NULL,
    address       TEXT    NOT NULL,
    because       TEXT    NOT NULL,
    due_at        INTEGER NOT NULL,
    urgency       TEXT    NOT NULL,
    status        TEXT    NOT NULL,
    attempts      INTEGER NOT NULL,
    escalation_id INTEGER,
    nudge_id      INTEGER,
    level         INTEGER,
    page_round    INTEGER,
    step          INTEGER NOT NULL,
    late          INTEGER NOT NULL,
    note          TEXT,
    sent_at       INTEGER,
    error         TEXT,
    unsure        INTEGER NOT NULL,
    stopped       INTEGER NOT NULL,
    source        TEXT    NOT NULL,
    created_at    INTEGER NOT NULL,
    claim         TEXT,
    lease_until   INTEGER,
    held_back     INTEGER NOT NULL DEFAULT 0,  -- over the limit: goes out in a digest
    bundled_with  INTEGER                      -- the notification that carried it in its digest
, reason TEXT NOT NULL DEFAULT '{}') STRICT;
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'86fb18f940914ddcbc85f7e066d16e86',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"identity"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'4a13fbde609449b1b4dfe54fe5d2516d',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(3,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'ae7276a2e51743fda93a006166b03254',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"platform"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(4,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'a7e45ba268c24af49b09bb0c5d862a98',1795428035000000,0,NULL,'{"meant":{"is":"wastold"},"cause":null,"without":[]}');
INSERT INTO "notifications" VALUES(5,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": severity = "major", open_for = "2m"',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'337e597123384af3b230678e235bcf7e',1795428155000000,0,NULL,'{"meant":{"is":"oncallfor","team":"identity"},"cause":{"is":"asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\""},"without":[]}');
INSERT INTO "notifications" VALUES(6,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'33883c96a08c4410ab1f6dfa3ba723ec',1795428335000000,0,NULL,'{"meant":{"is":"leadof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(7,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'19b4be905ed0491fbef176fc244ccd62',1795428335000000,0,NULL,'{"meant":{"is":"channelof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(8,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'e00adb6df024451da64e7c34fb9bf380',1795428395000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
CREATE TABLE nudges (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    rule        TEXT    NOT NULL,
    proposal    TEXT    NOT NULL,
    action      TEXT    NOT NULL,
    asked       TEXT    NOT NULL,
    created_at  INTEGER NOT NULL,
    status      TEXT    NOT NULL,
    expires_at  INTEGER,
    answered_by TEXT,
    answered_at INTEGER,
    source      TEXT    NOT NULL
) STRICT;
INSERT INTO "nudges" VALUES(1,1,'A major that drags on','{"name":"A major that drags on","when":{"severities":["major"],"services":null,"teams":null,"labels":[],"hours":null,"open_for":120000000,"unacknowledged_for":null,"no_update_for":null,"at_severity_for":null,"raised":false,"scope_grew":false,"text":"severity = \"major\", open_for = \"2m\""},"page":[{"kind":"person","name":"cto"}],"inform":[],"involve":[],"raise_to":null,"every":null,"mode":"nudge","ask":[{"kind":"incident-lead","name":null}],"expires":7200000000,"on_expiry":"drop","source":"escalate.toml:120"}','page person:cto','["person:ana"]',1795428120000000,'open',1795435320000000,NULL,NULL,'escalate.toml:120');
CREATE TABLE reserve (
    filler BLOB NOT NULL
) STRICT;
CREATE TABLE timeline (
    id          INTEGER PRIMARY KEY,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    at          INTEGER NOT NULL,
    kind        TEXT    NOT NULL,
    by          TEXT,
    text        TEXT    NOT NULL,
    data        TEXT    NOT NULL
) STRICT;
INSERT INTO "timeline" VALUES(1,1,1795428000000000,'declared','root','declared: Łódź cannot log in 💥','{"event":"declared","title":"Łódź cannot log in 💥","severity":"major","message":"since ten","lead":null,"labels":{"region":"eu"},"imported":false}');
INSERT INTO "timeline" VALUES(2,1,1795428000000000,'routed','root','the reporter named Log in','{"event":"routed","query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[],"imported":false,"way":"named","services":["login"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(3,1,1795428000000000,'escalation',NULL,'escalation to Identity by policy standard: Log in belongs to Identity','{"event":"escalation-started","team":"identity","policy":"standard","services":["login"],"because":"Log in belongs to Identity","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(4,1,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Ana','{"event":"level-paged","team":"identity","recipients":["person:ana"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(5,1,1795428000000000,'sent',NULL,'page to Ana by sms: sent','{"event":"sent","what":"page","notification":1,"recipient":"person:ana","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(6,2,1795428000000000,'declared','root','declared: cards are declined','{"event":"declared","title":"cards are declined","severity":"critical","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(7,2,1795428000000000,'routed','root','the reporter named Card payments','{"event":"routed","query":"cards are declined","match":"given","service":"payments","candidates":[],"imported":false,"way":"named","services":["payments"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(8,2,1795428000000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"event":"escalation-started","team":"payments","policy":"standard","services":["payments"],"because":"Card payments belongs to Payments","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(9,2,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Cara','{"event":"level-paged","team":"payments","recipients":["person:cara"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(10,2,1795428000000000,'sent',NULL,'page to Cara by sms: sent','{"event":"sent","what":"page","notification":2,"recipient":"person:cara","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(11,2,1795428000000000,'acknowledged','dan','acknowledged by Dan for payments','{"event":"acknowledged","team":"payments","level":1,"everything":false,"timeout":null}');
INSERT INTO "timeline" VALUES(12,3,1795428000000000,'declared','root','declared: a blip','{"event":"declared","title":"a blip","severity":"minor","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(13,3,1795428000000000,'routed','root','the reporter named Auth database','{"event":"routed","query":"a blip","match":"given","service":"auth-db","candidates":[],"imported":false,"way":"named","services":["auth-db"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(14,3,1795428000000000,'escalation',NULL,'escalation to Platform by policy standard: Auth database belongs to Platform','{"event":"escalation-started","team":"platform","policy":"standard","services":["auth-db"],"because":"Auth database belongs to Platform","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(15,3,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Eve','{"event":"level-paged","team":"platform","recipients":["person:eve"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(16,3,1795428000000000,'sent',NULL,'page to Eve by email: sent','{"event":"sent","what":"page","notification":3,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(17,3,1795428000000000,'resolved','root','resolved: it was nothing','{"event":"resolved","message":"it was nothing"}');
INSERT INTO "timeline" VALUES(18,3,1795428000000000,'sent',NULL,'resolved to Eve by email: sent','{"event":"sent","what":"resolved","notification":4,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(19,1,1795428120000000,'nudge',NULL,'rule "A major that drags on": severity = "major", open_for = "2m": asked Ana whether to page person:cto; without an answer in 2h it is dropped','{"event":"nudge-asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","proposal":"page person:cto","asked":["person:ana"],"expires":7200000000,"done_anyway":false,"source":"escalate.toml:120"}');
INSERT INTO "timeline" VALUES(20,1,1795428120000000,'sent',NULL,'nudge to Ana by sms: sent','{"event":"sent","what":"nudge","notification":5,"recipient":"person:ana","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(21,1,1795428300000000,'level',NULL,'level 2 of 3 of policy standard: paged Bo, Identity room','{"event":"level-paged","team":"identity","recipients":["person:bo","channel:identity-room"],"called_off":[],"policy":"standard","level":2,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:114","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(22,1,1795428300000000,'sent',NULL,'page to Bo by sms: sent','{"event":"sent","what":"page","notification":6,"recipient":"person:bo","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(23,1,1795428300000000,'sent',NULL,'page to Identity room by slack: sent','{"event":"sent","what":"page","notification":7,"recipient":"channel:identity-room","gateway":"slack","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(24,2,1795428360000000,'updated','root','the bank is looking into it','{"event":"message-added","message":"the bank is looking into it","change":"message"}');
INSERT INTO "timeline" VALUES(25,4,1795428360000000,'declared','root','declared: the bank is gone','{"event":"declared","title":"the bank is gone","severity":"major","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(26,4,1795428360000000,'routed','root','the reporter named Card payments','{"event":"routed","query":"the bank is gone","match":"given","service":"payments","candidates":[],"imported":false,"way":"named","services":["payments"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(27,4,1795428360000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"event":"escalation-started","team":"payments","policy":"standard","services":["payments"],"because":"Card payments belongs to Payments","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(28,4,1795428360000000,'level',NULL,'level 1 of 3 of policy standard: paged Dan','{"event":"level-paged","team":"payments","recipients":["person:dan"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(29,4,1795428360000000,'retrying',NULL,'page to Dan by sms: HTTP 503; attempt 2 of 4 in 15s','{"event":"retrying","what":"page","notification":8,"recipient":"person:dan","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false,"reason":"HTTP 503; attempt 2 of 4 in 15s"}');
CREATE TABLE turns (
    team        TEXT    NOT NULL,
    turn        INTEGER NOT NULL,
    incident_id INTEGER NOT NULL REFERENCES incidents (id),
    PRIMARY KEY (team, turn)
) STRICT;
INSERT INTO "turns" VALUES('identity',0,1);
INSERT INTO "turns" VALUES('payments',0,2);
INSERT INTO "turns" VALUES('platform',0,3);
INSERT INTO "turns" VALUES('payments',1,4);
CREATE UNIQUE INDEX incidents_open_key ON incidents (key) WHERE key IS NOT NULL AND status <> 'resolved';
CREATE INDEX incidents_due ON incidents (next_due_at) WHERE next_due_at IS NOT NULL;
CREATE INDEX incidents_forgotten ON incidents (id) WHERE status = 'open' AND next_due_at IS NULL;
CREATE INDEX incidents_running ON incidents (id) WHERE status <> 'resolved';
CREATE INDEX escalations_of ON escalations (incident_id);
CREATE INDEX nudges_of ON nudges (incident_id);
CREATE INDEX nudges_open ON nudges (id) WHERE status = 'open';
CREATE INDEX notifications_of ON notifications (incident_id);
CREATE INDEX notifications_due ON notifications (due_at) WHERE status IN ('pending', 'retrying');
CREATE INDEX notifications_leased ON notifications (lease_until) WHERE status = 'sending';
CREATE INDEX notifications_sent ON notifications (recipient, gateway, sent_at) WHERE status = 'sent' AND bundled_with IS NULL;
CREATE INDEX attempts_of ON attempts (notification_id);
CREATE INDEX timeline_of ON timeline (incident_id, id);
CREATE INDEX maintenance_until ON maintenance (until_at);
CREATE INDEX turns_of ON turns (incident_id);
COMMIT;

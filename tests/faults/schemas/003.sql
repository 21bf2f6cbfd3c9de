PRAGMA application_id=1163084609;
PRAGMA user_version=3;
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
INSERT INTO "attempts" VALUES(5,5,1,1795428000000000,1795428000000000,'sent','taken');
INSERT INTO "attempts" VALUES(6,6,1,1795428120000000,1795428120000000,'sent','taken');
INSERT INTO "attempts" VALUES(7,7,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(8,8,1,1795428300000000,1795428300000000,'sent','taken');
INSERT INTO "attempts" VALUES(9,9,1,1795428360000000,1795428360000000,'temporary','HTTP 503');
CREATE TABLE configurations (
    version  TEXT    PRIMARY KEY,
    used_at  INTEGER NOT NULL,
    document BLOB    NOT NULL
) STRICT;
INSERT INTO "configurations" VALUES('97c85190d2816c08',1795428000000000,X'789CED584B6FDB3810FE2B06AFEB3492ECD8B18102FBEA618102BBC0EE2D0D045AA2653612299054DC6CE0FFBE337C484C1CBB7552EFA9C9C51C9133DF3C380F3E927BA63497822CC9625E5C5FA58BA4CCAED359915C9331D1CC182E2A4D968FA4646BDAD526D70C8E70F300271AFA592AD86678C3FE958201E943A764CB2E3F4A5102D331518C169B7CCBCD86838C45E2FFC6A4A486AEA88633A2ABEB3161A2CC3B55315120E75A6EC90EE55B599C01829B47C24B14CA8515FA743348A2E28E2C9133D385E2AD715AC1172ED65235C0E11638CA4E15081436D19A1AF6CEC8A65E5E83B4C0DF2B35F0DFF06AD30B485F27204D070905AA041F0F0BC95E29644A76F895A97B5E30EBB55A5668782FD9ADC644D0064F7F94D5C8AE0DA3C019F63061D0B52F88BFE30239AC3ACD05D31A28ADAC394277FEBB630F5BA94A7414D1BC128E714BB54632B945962D3859E7C8F186D0CE6C2ECA157E00FFAAC0A6E6E20E81EF0E2A996518192D7D6800ACEE55EB09BD76BF51558E22B25732A2BC49C902D997AC00C46C5FBFD3D59AA35AC12A41ABB0EE95FA0508A3FEEE0C4A01231B1E879532ACD8081F7607B57AB31A1388F39D83E57DE3432A6814C59857E98F81D2B06605F9C8C687A0405849B46CCDA8758B048A1439C8AB234E17ADE20D550F915E441B2A4A7010D08A0D15823D39A0A4444B1D52E1EA1B03ECAF81120187B840E4251511745CC5D803B36FC5EECC7F00F0D4DD8810023DE0212602E0811201861C1B21C5D513A4FECCF7417A6DA3A365B2AD1902452FF7B16E3D1EE2DC2E8E1496420A430B83A735861AF929052A6B28AF1DAF9FD917DA80987705381B84FA4C88212DA4E16B1B9236EB86E08632627F1E8EEEAB297282380C986D487AC8BFCA53116711E2953C0B609B556C4806C83E3E872479B2A127116CE4760EE0B30439E1B509B8DD15F2B07FB78B93504F23D4C0EB2CA027C8096F5000ED6E9307FDC12E4E027D1581065E67013D434EB21D321DFEEE41FF691727819E45A081D759402F6C5C9BE126E2EF21AACDC977711E07B539CB659C6736FBF954F9A43CBA92F4BC468642F5AC508E3C3956A2A6C55D5C5D8FA0B0E50D52B7E90697FB652FEAEFB07E4186DF7B4482CBF21510B6F441F7460EB21A6D3B5FB4F4672DC5F2F232CDE6EF12F84F97E9257CBE7C3472679B9B2F060F6CA432DE9FB2034AD64F11D418D6B458A5A787BBE22421E81F51316D7A1F795F877B6A574750D90DCF70AD81D35B604D5E80E58D1C4C6557C78C851BBE33ACAB3D5888ABD8B0B2ABD9D3A80D3DC15EE00ECDC2B1D9504224419BEA86BB67BDDFAD8D51850A654936BB48D28BE4EA9F64B14C92A57568213B61EC3CD6098EDB7008DC8052FA2B4DC87566A72409A3A502C0FAF86098C6CDE09EC22FF471AF51D8D6E4336A3C3F45E359DC4DEE6BBCDF0FBE4663DF749E49E1C5292E5EB891C5F37D2472BDE6C550C2FDF2A89AA54D7337C9381D67E3C9781A6916A903CAD8F292CE97134F625F0AD69ADC9F3F8271E61A67ECBCB9BB847DF31DE5F0D08DD760DEDAD93C542BF8E9074105562DA1B4ACA2A7007BCD41FC96A29D27C333CD76C36C0B16BFC478D3F7AF0C6EED473E5F0DE9CA01B87DE630309BC8217EC2BA1390C084DCD6ACAC58197F1132EF5A9874594CA4C3FB534C56946B18C2976B5A6B86C90AC4E49562DB9EE473A36D2A3BC545D5732C70A2256BAEB4393C13A6FEFD66DF9A766C7A62C671FF2D0C452F5B79F6C3CA7B569E1EB0720B694346FD3F767B8325173F2CB9674997F2156B197529140EE67D4F70347BA6C9C2661BE5EA3D26113F948FECE3E8C86CA819958A567A649DF292D16FFC43EAEDDB2D9F0E1DCCFF6CFE7078F47EF4C9E9F3898C470199A566CD27E25A848A7D4BC4C6CFB85CDCCB1AA7455C5850394E34FE411C44F74F748D2C9189E8406DE049F55D2C8B8BC2765E17FBC9E8166B4CCB155A7F9E0DF7448ADCD2F119A78462762494B2847836AC18AA3950A0251686092A0A164F46B91B8B00DE3DA7F63918BC0D5FE9DAE04B62B21B76DAA169D8E8BAF0675BC123F5CA37C5FBAF9D5F333BCEB216BDB36694290E3D51D9698F37DC3DFD354C6B1001BF537BAA455C7D7DDC8DA30D8FB689D0F6DAC22F06F57F652F9F7721338A173AC7D05AF33A38E83FE08075C1');
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
, tell TEXT NOT NULL DEFAULT '[]') STRICT;
INSERT INTO "incidents" VALUES(1,'monitor-7','Łódź cannot log in 💥','since ten','open','major','["login"]','{"region":"eu"}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,NULL,1795428360000000,'97c85190d2816c08','{"query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[]}',1795428000000000,1795428000000000,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[{"rule":"A major that drags on","holds":true,"looked_at":1795428300000000,"fired_at":1795428120000000}]','[]');
INSERT INTO "incidents" VALUES(2,NULL,'cards are declined',NULL,'acknowledged','critical','["payments"]','{}',NULL,'root',1795428000000000,1795428360000000,1795428000000000,'dan',NULL,NULL,'97c85190d2816c08','{"query":"cards are declined","match":"given","service":"payments","candidates":[]}',1795428000000000,NULL,1795428360000000,1795428000000000,NULL,NULL,'the bank is looking into it',NULL,'[]','[]');
INSERT INTO "incidents" VALUES(3,NULL,'a blip',NULL,'resolved','minor','["auth-db"]','{}',NULL,'root',1795428000000000,1795428000000000,NULL,NULL,1795428000000000,NULL,'97c85190d2816c08','{"query":"a blip","match":"given","service":"auth-db","candidates":[]}',1795428000000000,NULL,1795428000000000,1795428000000000,NULL,NULL,NULL,NULL,'[]','[]');
INSERT INTO "incidents" VALUES(4,NULL,'the bank is gone',NULL,'open','major','["payments"]','{}',NULL,'root',1795428360000000,1795428360000000,NULL,NULL,NULL,1795428480000000,'97c85190d2816c08','{"query":"the bank is gone","match":"given","service":"payments","candidates":[]}',1795428360000000,1795428360000000,1795428360000000,1795428360000000,NULL,NULL,NULL,NULL,'[]','[]');
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
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'59bf167eaf31468cb0825753e53f7d00',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"identity"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'fa3fd7b7230c42ec825cda5ebec1fc39',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(3,2,'inform','person:cara','email','cara@example.com','you were paged; Dan has it',1795428000000000,'high','sent',1,NULL,NULL,NULL,NULL,0,0,'Dan has it, right after the first page.',1795428000000000,NULL,0,0,'',1795428000000000,'879e9c0b82d34980823715e35a80d38c',1795428035000000,0,NULL,'{"meant":{"is":"waspaged"},"cause":{"is":"somebodyhasit","by":"dan","how":"acknowledged"},"without":[]}');
INSERT INTO "notifications" VALUES(4,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'340d8f89a99d4a5b923d03909a7307ec',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"platform"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(5,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'It is over after 0s, ended by root.
it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'2acefc679127477395cb2134f568e979',1795428035000000,0,NULL,'{"meant":{"is":"wastold"},"cause":{"is":"over","by":"root"},"without":[]}');
INSERT INTO "notifications" VALUES(6,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": severity = "major", open_for = "2m"',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'db3c10b7597643f487958d596506bc96',1795428155000000,0,NULL,'{"meant":{"is":"oncallfor","team":"identity"},"cause":{"is":"asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\""},"without":[]}');
INSERT INTO "notifications" VALUES(7,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'5ef98641c98444b698197e287cce0750',1795428335000000,0,NULL,'{"meant":{"is":"leadof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(8,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'0be4818a2eef4c9fb8d7c1a9c6c67bcf',1795428335000000,0,NULL,'{"meant":{"is":"channelof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
INSERT INTO "notifications" VALUES(9,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'caffca5519f4482e9f053c252285d580',1795428395000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}');
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
INSERT INTO "timeline" VALUES(12,2,1795428000000000,'paged',NULL,'told Cara that Dan has it','{"event":"told-who-has-it","recipients":["person:cara"],"called_off":[],"person":"dan","how":"acknowledged","missed":[]}');
INSERT INTO "timeline" VALUES(13,2,1795428000000000,'sent',NULL,'inform to Cara by email: sent','{"event":"sent","what":"inform","notification":3,"recipient":"person:cara","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(14,3,1795428000000000,'declared','root','declared: a blip','{"event":"declared","title":"a blip","severity":"minor","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(15,3,1795428000000000,'routed','root','the reporter named Auth database','{"event":"routed","query":"a blip","match":"given","service":"auth-db","candidates":[],"imported":false,"way":"named","services":["auth-db"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(16,3,1795428000000000,'escalation',NULL,'escalation to Platform by policy standard: Auth database belongs to Platform','{"event":"escalation-started","team":"platform","policy":"standard","services":["auth-db"],"because":"Auth database belongs to Platform","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(17,3,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Eve','{"event":"level-paged","team":"platform","recipients":["person:eve"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(18,3,1795428000000000,'sent',NULL,'page to Eve by email: sent','{"event":"sent","what":"page","notification":4,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(19,3,1795428000000000,'resolved','root','resolved: it was nothing','{"event":"resolved","message":"it was nothing"}');
INSERT INTO "timeline" VALUES(20,3,1795428000000000,'sent',NULL,'resolved to Eve by email: sent','{"event":"sent","what":"resolved","notification":5,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(21,1,1795428120000000,'nudge',NULL,'rule "A major that drags on": severity = "major", open_for = "2m": asked Ana whether to page person:cto; without an answer in 2h it is dropped','{"event":"nudge-asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","proposal":"page person:cto","asked":["person:ana"],"expires":7200000000,"done_anyway":false,"source":"escalate.toml:120"}');
INSERT INTO "timeline" VALUES(22,1,1795428120000000,'sent',NULL,'nudge to Ana by sms: sent','{"event":"sent","what":"nudge","notification":6,"recipient":"person:ana","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(23,1,1795428300000000,'level',NULL,'level 2 of 3 of policy standard: paged Bo, Identity room','{"event":"level-paged","team":"identity","recipients":["person:bo","channel:identity-room"],"called_off":[],"policy":"standard","level":2,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:114","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(24,1,1795428300000000,'sent',NULL,'page to Bo by sms: sent','{"event":"sent","what":"page","notification":7,"recipient":"person:bo","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(25,1,1795428300000000,'sent',NULL,'page to Identity room by slack: sent','{"event":"sent","what":"page","notification":8,"recipient":"channel:identity-room","gateway":"slack","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(26,2,1795428360000000,'updated','root','the bank is looking into it','{"event":"message-added","message":"the bank is looking into it","change":"message"}');
INSERT INTO "timeline" VALUES(27,4,1795428360000000,'declared','root','declared: the bank is gone','{"event":"declared","title":"the bank is gone","severity":"major","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(28,4,1795428360000000,'routed','root','the reporter named Card payments','{"event":"routed","query":"the bank is gone","match":"given","service":"payments","candidates":[],"imported":false,"way":"named","services":["payments"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(29,4,1795428360000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"event":"escalation-started","team":"payments","policy":"standard","services":["payments"],"because":"Card payments belongs to Payments","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(30,4,1795428360000000,'level',NULL,'level 1 of 3 of policy standard: paged Dan','{"event":"level-paged","team":"payments","recipients":["person:dan"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(31,4,1795428360000000,'retrying',NULL,'page to Dan by sms: HTTP 503; attempt 2 of 4 in 15s','{"event":"retrying","what":"page","notification":9,"recipient":"person:dan","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false,"reason":"HTTP 503; attempt 2 of 4 in 15s"}');
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

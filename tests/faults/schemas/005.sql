PRAGMA application_id=1163084609;
PRAGMA user_version=5;
BEGIN TRANSACTION;
CREATE TABLE alerts (
    source          TEXT    NOT NULL,
    key             TEXT    NOT NULL,
    standing        TEXT    NOT NULL,
    alert           TEXT    NOT NULL,
    since           INTEGER NOT NULL,
    heard_at        INTEGER NOT NULL,
    began_at        INTEGER,
    due_at          INTEGER,
    incident_id     INTEGER REFERENCES incidents (id),
    joined          INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, key)
) WITHOUT ROWID;
CREATE TABLE answers (
    id              INTEGER PRIMARY KEY,
    gateway         TEXT    NOT NULL,
    external_id     TEXT    NOT NULL,
    sender          TEXT    NOT NULL,
    sent_at         INTEGER,
    read_at         INTEGER NOT NULL,
    line            TEXT    NOT NULL,
    person          TEXT,
    notification_id INTEGER REFERENCES notifications (id),
    incident_id     INTEGER REFERENCES incidents (id),
    word            TEXT,
    action          TEXT,
    outcome         TEXT    NOT NULL,
    reply           TEXT    NOT NULL DEFAULT '',
    undone          INTEGER NOT NULL DEFAULT 0,
    UNIQUE (gateway, external_id)
);
CREATE TABLE attempts (
    id              INTEGER PRIMARY KEY,
    notification_id INTEGER NOT NULL REFERENCES notifications (id),
    number          INTEGER NOT NULL,
    began_at        INTEGER NOT NULL,
    ended_at        INTEGER,
    outcome         TEXT,
    detail          TEXT
, external_id TEXT) STRICT;
INSERT INTO "attempts" VALUES(1,1,1,1795428000000000,1795428000000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(2,2,1,1795428000000000,1795428000000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(3,3,1,1795428000000000,1795428000000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(4,4,1,1795428000000000,1795428000000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(5,5,1,1795428000000000,1795428000000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(6,6,1,1795428120000000,1795428120000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(7,7,1,1795428300000000,1795428300000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(8,8,1,1795428300000000,1795428300000000,'sent','taken',NULL);
INSERT INTO "attempts" VALUES(9,9,1,1795428360000000,1795428360000000,'temporary','HTTP 503',NULL);
CREATE TABLE configurations (
    version  TEXT    PRIMARY KEY,
    used_at  INTEGER NOT NULL,
    document BLOB    NOT NULL
) STRICT;
INSERT INTO "configurations" VALUES('97c85190d2816c08',1795428000000000,X'789CB558DB6EE33610FD1543AF553692ECD8B18102BDED4381055AA07DDB0D045AA22D6E245220A97853C3FFDE195E2426BE244EE2E4C51C9133E77066C8196EA3072A15133C5A44F359717B93CE9332BB4DA745721BC591A25A33BE56D1621B957445BA5AE78AC212A61F614543BE0B09D3346BE87F8253107DEEA468E9F517C14B501A479292A2CA374C570C6CCC13F7174725D1644914ACE15D5DC711E37929BAA5061D2B52D74B52DCC372CACBBC936BCA0BB4578B0DC8BE0B54A565477788D0A06114307EDD46AC44588C1B58CF174AC2EFA305DAA6AA90ACD5967784C6574236A0E10E348A4E16480526919A68FA498BA65EDC46BBD8EB77B407FD155B57BD81F46D06D274B0502025F878DC48F646239368875FA97C6005357EADC51AF7D359B6A338E2A4C1D55FC47A64C69A12D00C7328D7E8FC03E6EF19470DCB4E314E9502492B6A86D0AD87EFE9E346C8121D1529B6E656714B94427174872A5B70B8CA51E3D78874BABA2A97F801FC2BBD9A9AF17B04BE3B4A32CB602741F1630360554FAD17F4EC7E27B21C0562473290BC8B6481EA4B5A0062BACFEF7C5A33A4E577C5B3F2E39ED4AF2018F5D935900245263C8E93D2B4A8B80BBBA3ACDE4D630C71BEB3B09C6F5C487946418C394A7F0E9286364B38B14C7C700282A5C09DAD29316E1120113C077B75A0E9AA95AC21F231E015294D78090E02595111CEE993055208DCA963146E5E19607F0F920038C405222F090FA0E328C4EE95BD16BBDDFE23802736237C08F4808798F08007490018CED800298E9E20756B3E06E9AD898E968AB6A60814BDDCC7BAF1B88F73333871F514826B52685CAD30D4A29F52BC511AC26AABEB17FA833460E65301CE06A3EE24C490E642B395094973EAFAE0866BC4FC3C1EDD3713B041B8DAC0D6E52B29CC71BC3361EA59982075247E13E772C8020E4B71110AB3C3144CD87A122E868783F46C678C0322A8ED1254A6C9612A986C9E894D3C47E40F33388BC724E001BA2E42637C980666A2A761B3D2D1F86C0667D1B8096880AE8BD0981EA621DAE10CC5DF3D8DBFCCE02C1AD38006E8BA088DF991FCD0438EE3EF213BF4D9593E0B93435F24CD67D9211ABBFEA07E7239DB0BF1F90DEDAFC967D7F4C889435A35D6F3C1DD7E0297B95CE1E2D0DD10166ED89BFAC78F0FD870734F58B077CC1A041BF2A8FA6DF7B61A65EA6EDCFBEF4AF0C5F5759ACD3E25F09F2ED26BF87CBDD562674AAB1FD8AFA84A48ED3C2C3A90647D9743B4A64D8B35C2E4784D9EE029550BBEA64A7B073AC7F44E74C1E093DD8C4E8034139EC15C81A6F7A01CBF8CD2B9C06F646D9BB8E35B89133E18E5CD4B28116651D1B2ABE9D310F7E5CB5E940F75CDA9465740D841456DFBD06765EA9D096889FCB2249B5E25E95572F36F325F24C9C278BF101DD7A675EC38C369D8AF56C051BD502FDD66A6A113D0054B00AC4EF7B06958B7EE113E5072BE85B0290D2EC878760EE36958F8EE33DE2F5DDFC2D8D5C717223C3FC7C573DB5D39BDDB48AC56AC18AA04373C49B33467E2D7244EE32C1EC79380594007C898DB299D2DC64E447F14B4D5B95B7F02E3D4D6F8D824309B847D9F101CF8BE71A8617B6BBBE7FEB2839FAE6795B0AB25DC43CBE0D5C2A43998DF10DCE7F1F0E6B4A928B7BD69D949C6D7FD015160CF1AAD9854FA78D797BA179A7D10A6317A623DEEBFF9B6E730B8E9C7819B1C01D742908AA0C4C5D2640030FF3800362F256D29B1710E0BF3FE1C3F19E26932372121EDA18C9E764DDEC83CB68D7445F4A89464AD46868BC3FAF4F9CF3DCC61AEB494E790D80063B83FFC6DEDDE2F473F8FBED915DFA278E4571869D67C8BEC49B9A6AFD9CAF0E18DF10751635D8E034998A239D685963E9AEE1F551A51A212DE956BCC48A2EE435B8C17E602BADA0FAE3B4CB59649243DCB0607424B6EE4D8789790D3279C9525E66D5659A82B522BEAD4D26238E440027504D794135ED0B0DECC6DB109701F18310F7A5034C157B2D2F81694EC8699A6141D26DAD2E5D9D4FEC5175CBAFF5EF5921BB06730E8EDEE06217DEC91C1D4D0AC61F6F1A6A14A8109F89D9A552DE2EA8F8D5D1C4CD89AB3154B0B7C37AB281C8B4B13EECEA5544B56A81C436DC56ABA57818031D20700D4AE90548D7DCB8698B62F6CDB5D5FB9DAD1FF6648C92F');
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
, passed TEXT NOT NULL DEFAULT '[]') STRICT;
INSERT INTO "escalations" VALUES(1,1,'identity','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',2,0,1795428900000000,'Log in belongs to Identity','["login"]','high','[1,2]','[]',NULL,'[]',2,NULL,NULL,NULL,NULL,0,'[]');
INSERT INTO "escalations" VALUES(2,2,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','acknowledged',1,0,NULL,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'["dan"]',1,NULL,1795428000000000,'dan',NULL,0,'[]');
INSERT INTO "escalations" VALUES(3,3,'platform','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','stopped',1,0,NULL,'Auth database belongs to Platform','["auth-db"]','low','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0,'[]');
INSERT INTO "escalations" VALUES(4,4,'payments','{"id":"standard","levels":[{"notify":[{"kind":"round-robin","name":null}],"wait":300000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:111"},{"notify":[{"kind":"lead","name":null},{"kind":"channel","name":null}],"wait":600000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:114"},{"notify":[{"kind":"person","name":"cto"}],"wait":900000000,"when":{},"during":null,"acks":"first","source":"escalate.toml:117"}],"repeat":1,"ack_timeout":null,"source":"escalate.toml:109"}','paging',1,0,1795428660000000,'Card payments belongs to Payments','["payments"]','high','[1]','[]',NULL,'[]',1,NULL,NULL,NULL,NULL,0,'[]');
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
, reason TEXT NOT NULL DEFAULT '{}', code TEXT) STRICT;
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'5e8d240945ea413495950c0a92436558',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"identity"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','njs47cm4mcfqn3htktfz');
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'b3651e85f925486b813eaa783d8fd5e4',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','dv749fff3gqnzg3jm3bd');
INSERT INTO "notifications" VALUES(3,2,'inform','person:cara','email','cara@example.com','you were paged; Dan has it',1795428000000000,'high','sent',1,NULL,NULL,NULL,NULL,0,0,'Dan has it, right after the first page.',1795428000000000,NULL,0,0,'',1795428000000000,'2d70f0797b6f4def9ab5f05adaccda1e',1795428035000000,0,NULL,'{"meant":{"is":"waspaged"},"cause":{"is":"somebodyhasit","by":"dan","how":"acknowledged"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(4,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'54451640dfa943158bccc2658b5d403b',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"platform"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','bt3r7hc6f9zwxsmcpsdc');
INSERT INTO "notifications" VALUES(5,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'It is over after 0s, ended by root.
it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'05c64ed00c2b47d1b74cefed1e30d99e',1795428035000000,0,NULL,'{"meant":{"is":"wastold"},"cause":{"is":"over","by":"root"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(6,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": open for 2m while it is major',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'f3f1301201e34829a8a0b0079e807e10',1795428155000000,0,NULL,'{"meant":{"is":"oncallfor","team":"identity"},"cause":{"is":"asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""}},"without":[]}','m6g9n9pxxx3q6ft2chzk');
INSERT INTO "notifications" VALUES(7,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'1fe4a9ace14d445b8ee9638201408752',1795428335000000,0,NULL,'{"meant":{"is":"leadof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','vw6jrcfnvqvcsdjs2p5v');
INSERT INTO "notifications" VALUES(8,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'2f0d2139f5fd4ab9bea27b8d31368183',1795428335000000,0,NULL,'{"meant":{"is":"channelof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(9,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'372c8924d92f459aa35f65c92566a461',1795428395000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','sbp8fqtjxcz49jr6vndg');
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
INSERT INTO "nudges" VALUES(1,1,'A major that drags on','{"name":"A major that drags on","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""},"page":[{"kind":"person","name":"cto"}],"inform":[],"involve":[],"raise_to":null,"every":null,"mode":"nudge","ask":[{"kind":"incident-lead","name":null}],"expires":7200000000,"on_expiry":"drop","source":"escalate.toml:120","resolve":false}','page person:cto','["person:ana"]',1795428120000000,'open',1795435320000000,NULL,NULL,'escalate.toml:120');
CREATE TABLE readers (
    gateway         TEXT    PRIMARY KEY,
    source          TEXT    NOT NULL,
    place           TEXT,
    looked_at       INTEGER,
    read_at         INTEGER,
    failing_since   INTEGER,
    trouble         TEXT,
    told            INTEGER NOT NULL DEFAULT 0,
    token           TEXT,
    lease_until     INTEGER
);
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
INSERT INTO "timeline" VALUES(1,1,1795428000000000,'declared','root','declared: Łódź cannot log in 💥: "since ten"','{"event":"declared","title":"Łódź cannot log in 💥","severity":"major","message":"since ten","lead":null,"labels":{"region":"eu"},"imported":false}');
INSERT INTO "timeline" VALUES(2,1,1795428000000000,'routed','root','the reporter named Log in','{"event":"routed","query":"Łódź cannot log in 💥","match":"given","service":"login","candidates":[],"imported":false,"way":"named","services":["login"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(3,1,1795428000000000,'escalation',NULL,'escalation to Identity by policy standard: Log in belongs to Identity','{"event":"escalation-started","team":"identity","policy":"standard","services":["login"],"because":"Log in belongs to Identity","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(4,1,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Ana','{"event":"level-paged","team":"identity","recipients":["person:ana"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(5,1,1795428000000000,'sent',NULL,'page to Ana by sms: sent','{"event":"sent","what":"page","notification":1,"recipient":"person:ana","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(6,2,1795428000000000,'declared','root','declared: cards are declined','{"event":"declared","title":"cards are declined","severity":"critical","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(7,2,1795428000000000,'routed','root','the reporter named Card payments','{"event":"routed","query":"cards are declined","match":"given","service":"payments","candidates":[],"imported":false,"way":"named","services":["payments"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(8,2,1795428000000000,'escalation',NULL,'escalation to Payments by policy standard: Card payments belongs to Payments','{"event":"escalation-started","team":"payments","policy":"standard","services":["payments"],"because":"Card payments belongs to Payments","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(9,2,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Cara','{"event":"level-paged","team":"payments","recipients":["person:cara"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(10,2,1795428000000000,'sent',NULL,'page to Cara by sms: sent','{"event":"sent","what":"page","notification":2,"recipient":"person:cara","gateway":"sms","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(11,2,1795428000000000,'acknowledged','dan','acknowledged by Dan for Payments','{"event":"acknowledged","team":"payments","level":1,"everything":false,"timeout":null}');
INSERT INTO "timeline" VALUES(12,2,1795428000000000,'paged',NULL,'told Cara that Dan has it','{"event":"told-who-has-it","recipients":["person:cara"],"called_off":[],"person":"dan","how":"acknowledged","missed":[]}');
INSERT INTO "timeline" VALUES(13,2,1795428000000000,'sent',NULL,'inform to Cara by email: sent','{"event":"sent","what":"inform","notification":3,"recipient":"person:cara","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(14,3,1795428000000000,'declared','root','declared: a blip','{"event":"declared","title":"a blip","severity":"minor","message":null,"lead":null,"labels":{},"imported":false}');
INSERT INTO "timeline" VALUES(15,3,1795428000000000,'routed','root','the reporter named Auth database','{"event":"routed","query":"a blip","match":"given","service":"auth-db","candidates":[],"imported":false,"way":"named","services":["auth-db"],"because":"","fallback":null}');
INSERT INTO "timeline" VALUES(16,3,1795428000000000,'escalation',NULL,'escalation to Platform by policy standard: Auth database belongs to Platform','{"event":"escalation-started","team":"platform","policy":"standard","services":["auth-db"],"because":"Auth database belongs to Platform","source":"escalate.toml:109"}');
INSERT INTO "timeline" VALUES(17,3,1795428000000000,'level',NULL,'level 1 of 3 of policy standard: paged Eve','{"event":"level-paged","team":"platform","recipients":["person:eve"],"called_off":[],"policy":"standard","level":1,"levels":3,"cycle":0,"missed":[],"late_seconds":0,"source":"escalate.toml:111","why":"","human":true,"estimated":false}');
INSERT INTO "timeline" VALUES(18,3,1795428000000000,'sent',NULL,'page to Eve by email: sent','{"event":"sent","what":"page","notification":4,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(19,3,1795428000000000,'resolved','root','resolved: it was nothing','{"event":"resolved","message":"it was nothing"}');
INSERT INTO "timeline" VALUES(20,3,1795428000000000,'sent',NULL,'resolved to Eve by email: sent','{"event":"sent","what":"resolved","notification":5,"recipient":"person:eve","gateway":"email","attempt":1,"digest_of":0,"beside_another":false}');
INSERT INTO "timeline" VALUES(21,1,1795428120000000,'nudge',NULL,'rule "A major that drags on": open for 2m while it is major: asked Ana whether to page Cto; without an answer in 2h it is dropped','{"event":"nudge-asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","proposal":"page person:cto","asked":["person:ana"],"expires":7200000000,"done_anyway":false,"source":"escalate.toml:120","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""},"action":{"page":[{"kind":"person","name":"cto"}]}}');
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
CREATE TABLE trials (
    id              INTEGER PRIMARY KEY,
    code            TEXT    NOT NULL,
    recipient       TEXT    NOT NULL,
    gateway         TEXT    NOT NULL,
    address         TEXT    NOT NULL,
    created_at      INTEGER NOT NULL,
    until           INTEGER NOT NULL,
    sent_at         INTEGER,
    external_id     TEXT,
    answered_at     INTEGER,
    line            TEXT    NOT NULL DEFAULT '',
    heard           TEXT    NOT NULL DEFAULT ''
);
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
CREATE INDEX notifications_code ON notifications (code) WHERE code IS NOT NULL;
CREATE INDEX notifications_short_code ON notifications (gateway, substr(code, 1, 4)) WHERE code IS NOT NULL;
CREATE INDEX incidents_ended ON incidents (resolved_at) WHERE resolved_at IS NOT NULL;
CREATE INDEX attempts_external_id ON attempts (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX answers_of_incident ON answers (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX answers_of_sender ON answers (gateway, sender, read_at);
CREATE VIEW asked AS
SELECT NULL AS trial, n.id AS notification, n.incident_id AS incident, n.recipient, n.gateway, n.address, n.kind, n.code,
    n.nudge_id AS nudge, n.attempts, n.created_at, n.sent_at, i.title, i.status AS standing,
    u.status AS nudge_standing,
    (SELECT group_concat(a.external_id, char(10)) FROM attempts a
     WHERE a.notification_id = n.id AND a.external_id IS NOT NULL) AS external_ids,
    EXISTS (
        SELECT 1 FROM notifications b WHERE b.bundled_with = n.id AND b.incident_id <> n.incident_id
    ) AS digest
FROM notifications n JOIN incidents i ON i.id = n.incident_id LEFT JOIN nudges u ON u.id = n.nudge_id;
CREATE INDEX trials_code ON trials (code);
CREATE INDEX trials_until ON trials (until);
CREATE INDEX trials_external_id ON trials (external_id) WHERE external_id IS NOT NULL;
CREATE VIEW asked_trials AS
SELECT id AS trial, 0 AS notification, 0 AS incident, 'Test message from escalate' AS title, recipient, gateway,
    address, 'test' AS kind, CASE WHEN answered_at IS NULL THEN 'open' ELSE 'acknowledged' END AS standing,
    NULL AS nudge, NULL AS nudge_standing, created_at, sent_at, code, external_id AS external_ids, 0 AS digest, until
FROM trials;
CREATE INDEX alerts_due ON alerts (due_at) WHERE due_at IS NOT NULL;
CREATE INDEX alerts_of_incident ON alerts (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX alerts_over ON alerts (since) WHERE standing = 'over';
COMMIT;

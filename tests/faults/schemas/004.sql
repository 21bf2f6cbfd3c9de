PRAGMA application_id=1163084609;
PRAGMA user_version=4;
BEGIN TRANSACTION;
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
INSERT INTO "configurations" VALUES('97c85190d2816c08',1795428000000000,X'789CB5586D6FE23810FE2B285F8F6E9340A1209D746FFBE1A495EEA4BB6FBB55641243BC4DECC876CAF610FFFD66FC929842E8D22DED173CB1679EC73363CF78173D51A998E0D1325ACCF3FBBB641117E97D32CBE3FB681C29AA35E31B152D775141D7A4AD74A6282C61FA1956D4E4AB90304DB39AFE273805D1C7568A86DE7E12BC00A5E348529297D996E992818D45ECFEC65141345911056B785B55E388F1AC10ED4A838E35A9AA15C91F6139E545D6CA0DE539DAABC436DA232A838051C0F57917B102A1306EA01C4E06FB843F464BB447552E59A32DD7080DAE85AC41C3036814ADCC113E4C2215D1F4831675B5BC076B5EBFA3DAEB2FD9A6EC0C246F339024BD851C29C1C76123E91B8D4CA33D7EA5F289E5D4F8B2121B7487B36C47E388931A577F129B91196B4A4033CCA15CA3C34F987F641C35AC5AC538550A248DA81842B75E7DA4CF5B210B7454A4D8865BC50D510AC5D103AA6CC0C92A438D9F23D2EAF2A658E107F0AFF46A2AC61F11F87E90649A626434E4B906B0AAA3D6093A76BF13598C02B12319487E88648EEA0B9A03627ACCEF725A73A4E577C5B3F2E38ED4AF20187519D5930245263C8649699A97DC85DD20AB1FA6318138DF5B58CE372EA43CA320C61CA53F7B494DEB159C52263E3801C14AE0CE569418B70890089E81BD2AD074D3485613F91CF08A9426BC0007812C2F09E7F460811402776A88C2DD7706D8DFBD24000E7181C80BC203E8380AB17B65DF8BDD6EFF00E0A9CD081F021DE03E263CE05E1200863336408AA303A46ECDFB20BD37D1D150D1541481A297BB58371EF7716E0667AE9B5C704D728DAB15865AF45382B7484D586575FD42BF911ACC7CC8C1D960D49D8418D25C68B63621694E5D1FDC708D989FC3D17D37051B84AB2D6C5DB696C21CC77B13A69E85095247E23771298734E0B01257A1303F4DC184AD27E162B83F482F76C6242082DAAE4165169FA682C9E699D8C47344FE30838B784C031EA0EB2A3426A76960267A1A362B1D8D8F6670118DBB8006E8BA0A8DD9691AA2E9CF50FCDDD1F8CB0C2EA2310B6880AEABD0580CE487EE731C7FF7D9A12FCEF279981CFA2A693E4F4FD1D87707F5C1E56C2FC49737B4BF265F5CD323270E695558C30777FB195CE672858B43B77D58B86167EA1F3F3E61C3CD3D63C1DE311B106CC9B3EAB6DDDBAA95A9BB71EFBF2AC197B7B7493AFF10C37FB24C6EE1F3ED4E8BBD29ADBE618FA24A21B5F3B0684192769D0DD19AD60DD608D3E19A3CC653AA127C4395F60E748EE99CE882C127BB199D016926BC80B9064D3F8272F23A4AE702BF91956DDC86B71227BC33CABBD75022CCBCA4455BD1C310F7E5CB5194F775CDB9E65640D841456DFBD01765EA83096889FCD2389DDDC4C94D7CF76FBC58C6F1D2783F172DD7A6756C39C369D8AF96C051BD522FDDA7A6A113D0054B00ACCEF7B04958B71E113E5172BE85B0290DAEC8787E09E35958F81E333E2E5DDFC2D8D5C75722BCB8C4C50BDB5D39BDBB48ACD72CEFAB04373C4BB33067E2E7789C8CD3F1643C0D980574808CB99D92F972E244F45B4E1B9DB9F56730CE6C8D8F4D02B349D8F509C181EF1B870AB6B7B27BEE2F3BF8E97A5609BB5AC03DB40A5E2D4C9A83F92DC17D9EF4EF4CDB9272DB9B16AD647CD31D1039F6ACD19A49A587BBBEC4BDD01C83308DD181F571F7CDB73DA7C1CDDE0FDC74005C03412A8212174B931EC0E2FD00D8BC94B4A1C4C6392CCCBA73FC6C8827F1C28484B487327ADA357923F3D836D225D1A342928D1A192E0EEBE1F39F7B98C35C6928CF20B101467F7FF8DBDABD598E7E1E7DB12BBE44E3915F61A469FD25B227E5867ECF56860F6F8C3F890AEB721C48C214CDB02EB4F4D174F7A8528B0295F0B6D8604612F518DA623C3717D0CD71703D60AA354C22E979DA3B105A7223C7C6BB809C3EE3AC348E9C1A9AF7871A48A06EE09A72C2731AD697992D2E01DE1323E6010F8A24F84AD61ADF7EE27D3FD3949EFD445BAABC98DABDEA820B8FDFA75EDB76EC110C7ABB9B41080F3D2A989A99D5CC3ED6D454293001BF13B3AA415CDD31B11F071376E62CC55202DFC94A0AC7E0CA84B77321D592E52AC3D05AB38A1E551C608C740E875A159208C86AD9528861FBA2B6DBEFF7FF0342EDBABA');
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
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'8afd1cf59ec645e5ba49da25681d7157',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"identity"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','fd45vqprzq3hzh5h6xng');
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'a84d8c66a80f42e58f821c727a09cb69',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','p9x32sjb8bk8rmbn24b7');
INSERT INTO "notifications" VALUES(3,2,'inform','person:cara','email','cara@example.com','you were paged; Dan has it',1795428000000000,'high','sent',1,NULL,NULL,NULL,NULL,0,0,'Dan has it, right after the first page.',1795428000000000,NULL,0,0,'',1795428000000000,'2827e77e1cdc4094ab423bc7798e35d4',1795428035000000,0,NULL,'{"meant":{"is":"waspaged"},"cause":{"is":"somebodyhasit","by":"dan","how":"acknowledged"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(4,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'48f1db9e48dd4c589c590d892b04c37d',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"platform"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','zx2p63jgwgdfr7dj8zr3');
INSERT INTO "notifications" VALUES(5,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'It is over after 0s, ended by root.
it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'1219c7ae04214334a3cc17386d9b7690',1795428035000000,0,NULL,'{"meant":{"is":"wastold"},"cause":{"is":"over","by":"root"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(6,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": open for 2m while it is major',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'55ac23822a634f2187abc68a3626508d',1795428155000000,0,NULL,'{"meant":{"is":"oncallfor","team":"identity"},"cause":{"is":"asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""}},"without":[]}','k5r8mrxvnp55nrt38dtx');
INSERT INTO "notifications" VALUES(7,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'fab9c92130124ad1895c32d397521e63',1795428335000000,0,NULL,'{"meant":{"is":"leadof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','jx9dmdq2gz8xrtm8bzbc');
INSERT INTO "notifications" VALUES(8,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'b776721f71464ea3964d16ec4e3e74fb',1795428335000000,0,NULL,'{"meant":{"is":"channelof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(9,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'2748e0c484474936a81416f6078997b6',1795428395000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}','ch5x3qswzwb76jn9qqpk');
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
INSERT INTO "nudges" VALUES(1,1,'A major that drags on','{"name":"A major that drags on","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""},"page":[{"kind":"person","name":"cto"}],"inform":[],"involve":[],"raise_to":null,"every":null,"mode":"nudge","ask":[{"kind":"incident-lead","name":null}],"expires":7200000000,"on_expiry":"drop","source":"escalate.toml:120"}','page person:cto','["person:ana"]',1795428120000000,'open',1795435320000000,NULL,NULL,'escalate.toml:120');
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
COMMIT;

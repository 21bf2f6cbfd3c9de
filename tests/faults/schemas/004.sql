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
INSERT INTO "configurations" VALUES('97c85190d2816c08',1795428000000000,X'789CB5585B4FEB3810FE2B955FB7409296DEA495F6761E563AD2AEB4FB06A87213B7F121B123DB81C3A2FEF79DF1257129EDA140E1A59ED833DF78EE7E260F4C692E055990F9349F5DA7F3A4C866E9244F6664483433868B8D268B6752B0356D2BB3D40C8E70F304276AFA4D2AD86678CDFE938201E94BAB64C3AEBE4A5100D321518CE6E5F2919B92838C79E2FF86A4A086AEA88633A2ADAA21E16259C8766580C79A56D58AE6F7709C8962D9AA0D1339CAABE423D9222A8B8033C075F34C788150B8B0507637837C2AEEC902E5319D2BDE18A72B41816BA96AE070071C65AB72840F9B68450DBB34B2AE16339016F87B557BFE25DF949D80F47D02D2B49790A34AF0F1B090EC9D42C6648B5F997AE039B3B6ACE406CDE125BBD590085AE3E9AF7233B06BC32870863D4C1834F82BE2EFB9400EAB5673C1B4064A232B8ED09D55EFD9D3A354051A8A68BE118E7143B54632B943960D18592F91E30DA1AD292F8A157E00FBAAC0A6E2E21E816F0F2A9965E8190D7DAA01ACEE54EB089D76BF53550C22B25732A27C48C91CD9172C07C46C5FBFD3D59AA25AE156825661DD29F52B10065D44F54A0123EB1E8795322C2F8577BB835A7D588D11F8F9D6C1F2B6F12E15348A7CCCABF4674FA959BD822C65FD435020AC24DE6CC5A8358B048A144B9057459C2E1AC56BAA9E22BD883654146020A0E5251582ED1C5052E24D1D52E1FA8D0EF6774F8980835F20F2828A083AAE62EC81D95BB1BBEB3F0078EC2222B84007B8F78900B8A7448021C7464871B583D49FF91CA433EB1D0D934DC510285AB9F3756BF1E0E77671A4DCE452189A1B3CADD1D5C84F2956919AF2CAF1FA857DA73588B9CCC1D820D467427469210D5F5B97B4593738379411FBF3B0775F8F9113F861C06C5DD243FE4D9E8A388B10AFE45900DBAC625D3240F6FED927C9932F7A14C1466EE7003E499013864DC0ED42C8C3FEC32E4E423D8E5003AFB3801E21278CA000DA459307FDC52E4E027D1D81065E67013D414EB2E9331DFEEE40FF651727819E44A081D75940CFAD5F9B3E12F177EFD5E6E4589CC64E6DCE128CD3CC663F9F2A77CAA32B492F6B6428542F0AE5C09363252AECA2A3EA7A04852D6F90BA4DDB9BDC2F3B51FF84F52B32FCDE23125C96DF00E1913EE9EE9283AC5ADBCE176FFA9B966271759566D3CB04FED3457A059FAF9E8DDCDAE6E63B4E09BA94CA787BCA162859375B506358DD60951E1FEE8A9384A07DC48669D3D9C8DB3AC4A95D1D416537BCC0B5064E1F81357A0596BFE47055951B8E0E5F166EF86458D77BB010575EB2A2ADD8AED7869E60CF71FB66E1D8C428C193A04D75C3DD8BDEEFCEFAA84285B2249B5C24E94572FD6F325F24C9C21A3497AD30761E6B05C76D380496A094FE411332CBEC942461B45400581F1F0CD3B819DC53F8953EEE3D0ADB9A7C468DA7A7683C89BBC97D8DF7FBC1F768EC9BCE33293C3FC5C47337B278BECF44AED73CEF4BB85F1E55B3B069EE2619A6C36C381A8E23CD227540195B5ED2E962E449EC7BCE1AB3F4E78F609CB8C6193B6FEE82B06BBEA31C1EBAF10AAEB772771EAA15FCF483A0825B2DA0B4ACA2A7001BE620FE91E23D8FFAC79BC7920937F015ADE262132E1ED20E96CD3557DA1C1EA552FFECB10FC24E1B3BD287DDB7304BBC0E6EF279E0C607C035E0A432EA36B1B7E801CC3F0F808B4B051337757E0E07975DE23EEAE26932B72EA15C52464BFBC969605FB006A6A4665028BAD103AB8BC7BAFBA6E65FBB305660EA5F4260038CBE608402EC1F02073F0F6EDD895B321C8413969AD5B7C465CA0D7BCB55C6AF595C3CC80A9B665C28CA355B6263E7D447D1DD4B452D0B6422DA62831149F57D2C8B8BDC16A08B7DE7BAC3506BB842A5A7596F4098732D1DA7D90262FA88B1B28478362CEF931A50A0331086092A721637884BD71D02BC074EEDAB18F43DF095AE0D3EA824DB7EA7ED1DFB8DAE1979B1B57B2A0513EE3FFAFCE8DAB1A5B7E8DD6D462E7C6852B74D2FAFB97B01A999D620027EA7F65483B8BA34B11D461B9E6D2EC5DE011F9F4A06697065DDDB9B9019C573BD44D75AF32A18E87F69A36BEC');
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
INSERT INTO "notifications" VALUES(1,1,'page','person:ana','sms','+1','next in turn in Identity; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,1,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'5aab507cd5af40f0baf6dcad26d96ccc',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"identity"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(2,2,'page','person:cara','sms','+3','next in turn in Payments; level 1 of 3 of policy standard',1795428000000000,'high','sent',1,2,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'44404dc52fd741f9aa29f58a5320ee0e',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(3,2,'inform','person:cara','email','cara@example.com','you were paged; Dan has it',1795428000000000,'high','sent',1,NULL,NULL,NULL,NULL,0,0,'Dan has it, right after the first page.',1795428000000000,NULL,0,0,'',1795428000000000,'66ac038675fa479b8ff4c5f6b4befd9e',1795428035000000,0,NULL,'{"meant":{"is":"waspaged"},"cause":{"is":"somebodyhasit","by":"dan","how":"acknowledged"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(4,3,'page','person:eve','email','eve@example.com','next in turn in Platform; level 1 of 3 of policy standard',1795428000000000,'low','sent',1,3,NULL,1,1,0,0,NULL,1795428000000000,NULL,0,0,'escalate.toml:111',1795428000000000,'0699d7ad1ac143bd941f3316dc0c4085',1795428035000000,0,NULL,'{"meant":{"is":"nextinturn","team":"platform"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(5,3,'resolved','person:eve','email','eve@example.com','you were told of this incident',1795428000000000,'low','sent',1,NULL,NULL,NULL,NULL,0,0,'It is over after 0s, ended by root.
it was nothing',1795428000000000,NULL,0,0,'',1795428000000000,'513bd804dd8e4136b898895660017893',1795428035000000,0,NULL,'{"meant":{"is":"wastold"},"cause":{"is":"over","by":"root"},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(6,1,'nudge','person:ana','sms','+1','on call for Identity; you are asked: rule "A major that drags on": open for 2m while it is major',1795428120000000,'high','sent',1,NULL,1,NULL,NULL,0,0,NULL,1795428120000000,NULL,0,0,'escalate.toml:120',1795428120000000,'8866adee4e104b92a6712b9d5a054643',1795428155000000,0,NULL,'{"meant":{"is":"oncallfor","team":"identity"},"cause":{"is":"asked","rule":"A major that drags on","condition":"severity = \"major\", open_for = \"2m\"","when":{"severities":["major"],"open_for":120000000,"text":"severity = \"major\", open_for = \"2m\""}},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(7,1,'page','person:bo','sms','+2','lead of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'659d8d6579474964b153089eea08b068',1795428335000000,0,NULL,'{"meant":{"is":"leadof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(8,1,'page','channel:identity-room','slack','identity','channel of Identity; level 2 of 3 of policy standard',1795428300000000,'high','sent',1,1,NULL,2,2,0,0,NULL,1795428300000000,NULL,0,0,'escalate.toml:114',1795428300000000,'ac88ae3752b64b2d87a8922b26e0d9cd',1795428335000000,0,NULL,'{"meant":{"is":"channelof","team":"identity"},"cause":{"is":"levelreached","level":2,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
INSERT INTO "notifications" VALUES(9,4,'page','person:dan','sms','+4','next in turn in Payments; level 1 of 3 of policy standard',1795428375000000,'high','retrying',1,4,NULL,1,1,0,0,NULL,NULL,'HTTP 503',0,0,'escalate.toml:111',1795428360000000,'4cb6b2ee63534b12968129f2b40c11c0',1795428395000000,0,NULL,'{"meant":{"is":"nextinturn","team":"payments"},"cause":{"is":"levelreached","level":1,"levels":3,"policy":"standard","cycle":0,"why":""},"without":[]}',NULL);
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
CREATE UNIQUE INDEX notifications_code ON notifications (code) WHERE code IS NOT NULL;
CREATE INDEX attempts_external_id ON attempts (external_id) WHERE external_id IS NOT NULL;
CREATE INDEX answers_of_incident ON answers (incident_id) WHERE incident_id IS NOT NULL;
CREATE INDEX answers_of_sender ON answers (gateway, sender, read_at);
COMMIT;

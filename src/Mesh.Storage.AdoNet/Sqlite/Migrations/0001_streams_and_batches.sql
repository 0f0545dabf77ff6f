-- Names are UTF-8 blobs: they order by code point, and may hold any text. `select cast(name as text) from streams` shows them.
create table streams (
    number        integer primary key autoincrement, -- never given again, also after the stream is deleted
    project       blob    not null,
    kind          integer not null,
    name          blob    not null,
    options       text    not null,
    metadata      blob    not null,
    created       integer not null, -- microseconds since the Unix epoch, like all times here
    token         integer not null default 0,
    low_watermark integer not null default 1,
    next_sequence integer not null default 1, -- as of the last trim, like last_time
    last_time     integer not null default 0,
    unique (project, kind, name)
);

-- A rowid table with its key beside it. Measured with pages of 4 KiB, commits a second, against WITHOUT ROWID: 8 streams x 120 KB
-- 248 : 152, 64 streams x 200 B 1193 : 741 (whose range reads are 6 times faster, but both exceed 100 MB/s). A second index over the
-- time would cost half of the small commits: finding a time is a search over the key instead, some 20 probes.
-- Larger pages serve large batches and cost small ones: 8 KiB 365 and 977 commits a second, 16 KiB 416 and 792.
create table batches (
    stream         integer not null,
    first_sequence integer not null,
    count          integer not null,
    first_time     integer not null,
    end_bytes      integer not null,
    first_id       blob, -- 16 bytes, big-endian, so that they order as the ids do
    bytes          blob    not null, -- last: to read a key never touches the pages that it overflows to
    primary key (stream, first_sequence)
);

create table journal (
    stream integer not null,
    number integer not null,
    bytes  blob    not null,
    primary key (stream, number)
);

create table snapshots (
    stream  integer primary key,
    through integer not null,
    bytes   blob    not null
);

-- Streams that are gone, whose rows are still to be removed.
create table dropped (
    stream integer primary key
);

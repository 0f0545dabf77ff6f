-- Names are UTF-8 bytes: they order by code point, and may hold any text. `select convert_from(name, 'UTF8') from mesh.streams` shows them.
create table mesh.streams (
    number        bigint generated always as identity primary key, -- never given again, also after the stream is deleted
    project       bytea    not null,
    kind          smallint not null,
    name          bytea    not null,
    options       text     not null,
    metadata      bytea    not null,
    created       bigint   not null, -- microseconds since the Unix epoch, like all times here
    token         bigint   not null default 0,
    low_watermark bigint   not null default 1,
    next_sequence bigint   not null default 1, -- as of the last trim, like last_time
    last_time     bigint   not null default 0,
    unique (project, kind, name)
);

create table mesh.batches (
    stream         bigint  not null,
    first_sequence bigint  not null,
    count          integer not null,
    first_time     bigint  not null,
    end_bytes      bigint  not null,
    first_id       bytea, -- 16 bytes, big-endian, so that they order as the ids do
    bytes          bytea   not null,
    primary key (stream, first_sequence)
);

-- Not compressed: that costs more than the disk it saves, and a batch is read whole.
alter table mesh.batches alter column bytes set storage external;

create table mesh.journal (
    stream bigint not null,
    number bigint not null,
    bytes  bytea  not null,
    primary key (stream, number)
);

create table mesh.snapshots (
    stream  bigint primary key,
    through bigint not null,
    bytes   bytea  not null
);

-- Streams that are gone, whose rows are still to be removed.
create table mesh.dropped (
    stream bigint primary key
);

-- The last batch of a stream that begins neither after a time nor after an id (one of them is null): a search over the key in the
-- server, one round trip, where a second index would cost every insert.
create function mesh.find_batch(of_stream bigint, at_time bigint, at_id bytea) returns bigint language plpgsql stable as $$
declare
    low    bigint;
    high   bigint;
    middle bigint;
    probe  record;
begin
    select b.first_sequence, coalesce(b.first_time <= at_time, b.first_id <= at_id, false) as fits into probe
    from mesh.batches b where b.stream = of_stream order by b.first_sequence limit 1;
    if not found or not probe.fits then return null; end if;
    low := probe.first_sequence;
    select b.first_sequence, coalesce(b.first_time <= at_time, b.first_id <= at_id, false) as fits into probe
    from mesh.batches b where b.stream = of_stream order by b.first_sequence desc limit 1;
    if probe.fits then return probe.first_sequence; end if;
    high := probe.first_sequence;
    loop
        middle := low + (high - low) / 2;
        select b.first_sequence, coalesce(b.first_time <= at_time, b.first_id <= at_id, false) as fits into probe
        from mesh.batches b where b.stream = of_stream and b.first_sequence <= middle order by b.first_sequence desc limit 1;
        if probe.first_sequence = low then
            select b.first_sequence, coalesce(b.first_time <= at_time, b.first_id <= at_id, false) as fits into probe
            from mesh.batches b where b.stream = of_stream and b.first_sequence > middle order by b.first_sequence limit 1;
            if probe.first_sequence >= high then return low; end if;
        end if;
        if probe.fits then low := probe.first_sequence; else high := probe.first_sequence; end if;
    end loop;
end
$$;

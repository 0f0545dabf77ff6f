-- Which cluster holds this database's streams: one row, or none while no cluster ever did.
create table mesh.cluster (
    one        boolean primary key default true check (one),
    service_id text        not null,
    cluster_id text        not null,
    since      timestamptz not null default now()
);

-- What Orleans keeps: who is a member, reminders, and the state of grains that ask for it. Orleans reads its statements from orleansquery by the keys
-- below, gives the parameters named in them, and reads the columns by the names that follow "as". Tables and statements are ours to choose.
create schema orleans;

create table orleans.orleansquery (
    querykey  text primary key,
    querytext text not null
);

create table orleans.membership_versions (
    deployment text primary key,
    version    integer     not null default 0,
    changed    timestamptz not null default now()
);

create table orleans.members (
    deployment    text        not null references orleans.membership_versions on delete cascade,
    address       text        not null,
    port          integer     not null,
    generation    integer     not null, -- tells a silo from the one that had its address before
    name          text        not null,
    host          text        not null,
    status        integer     not null, -- 3 is active
    gateway_port  integer     not null,
    suspect_times text,
    started       timestamptz not null,
    alive         timestamptz not null,
    primary key (deployment, address, port, generation)
);

create table orleans.reminders (
    service    text        not null,
    grain      text        not null,
    name       text        not null,
    started    timestamptz not null,
    period     bigint      not null, -- milliseconds
    grain_hash integer     not null,
    version    integer     not null default 0,
    primary key (service, grain, name)
);

create index on orleans.reminders (service, grain_hash);

create table orleans.grain_states (
    service    text        not null,
    grain_type text        not null,
    n0         bigint      not null,
    n1         bigint      not null,
    extension  text,
    payload    bytea, -- null: cleared
    version    integer     not null default 1,
    changed    timestamptz not null default now(),
    unique nulls not distinct (service, grain_type, n0, n1, extension)
);

-- Membership. A change counts only with the version it was made for: whoever comes second waits for the version's row, finds another number, and is told no.

insert into orleans.orleansquery values ('InsertMembershipVersionKey', $query$
    with added as (
        insert into orleans.membership_versions (deployment) values (@DeploymentId) on conflict do nothing returning deployment
    )
    select exists (select from added)
$query$);

insert into orleans.orleansquery values ('InsertMembershipKey', $query$
    with raised as (
        update orleans.membership_versions v set version = v.version + 1, changed = now()
        where v.deployment = @DeploymentId and v.version = @Version and not exists (
            select from orleans.members m
            where m.deployment = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
        returning v.deployment
    ), added as (
        insert into orleans.members (deployment, address, port, generation, name, host, status, gateway_port, started, alive)
        select deployment, @Address, @Port, @Generation, @SiloName, @HostName, @Status, @ProxyPort, @StartTime, @IAmAliveTime from raised
        returning port
    )
    select exists (select from added)
$query$);

insert into orleans.orleansquery values ('UpdateMembershipKey', $query$
    with raised as (
        update orleans.membership_versions v set version = v.version + 1, changed = now()
        where v.deployment = @DeploymentId and v.version = @Version and exists (
            select from orleans.members m
            where m.deployment = @DeploymentId and m.address = @Address and m.port = @Port and m.generation = @Generation)
        returning v.deployment
    ), changed as (
        update orleans.members m set status = @Status, suspect_times = @SuspectTimes::text, alive = @IAmAliveTime
        from raised
        where m.deployment = raised.deployment and m.address = @Address and m.port = @Port and m.generation = @Generation
        returning m.port
    )
    select exists (select from changed)
$query$);

insert into orleans.orleansquery values ('UpdateIAmAlivetimeKey', $query$
    update orleans.members set alive = @IAmAliveTime
    where deployment = @DeploymentId and address = @Address and port = @Port and generation = @Generation
$query$);

-- The version comes also where there is no member.
insert into orleans.orleansquery values ('MembershipReadAllKey', $query$
    select v.deployment as DeploymentId, m.address as Address, m.port as Port, m.generation as Generation, m.name as SiloName, m.host as HostName,
           m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes, m.started as StartTime, m.alive as IAmAliveTime, v.version as Version
    from orleans.membership_versions v left join orleans.members m using (deployment)
    where v.deployment = @DeploymentId
$query$);

insert into orleans.orleansquery values ('MembershipReadRowKey', $query$
    select v.deployment as DeploymentId, m.address as Address, m.port as Port, m.generation as Generation, m.name as SiloName, m.host as HostName,
           m.status as Status, m.gateway_port as ProxyPort, m.suspect_times as SuspectTimes, m.started as StartTime, m.alive as IAmAliveTime, v.version as Version
    from orleans.membership_versions v
    left join orleans.members m on m.deployment = v.deployment and m.address = @Address and m.port = @Port and m.generation = @Generation
    where v.deployment = @DeploymentId
$query$);

insert into orleans.orleansquery values ('GatewaysQueryKey', $query$
    select address as Address, gateway_port as ProxyPort, generation as Generation
    from orleans.members where deployment = @DeploymentId and status = @Status and gateway_port > 0
$query$);

insert into orleans.orleansquery values ('CleanupDefunctSiloEntriesKey', $query$
    delete from orleans.members where deployment = @DeploymentId and alive < @IAmAliveTime and status <> 3
$query$);

insert into orleans.orleansquery values ('DeleteMembershipTableEntriesKey', $query$
    delete from orleans.membership_versions where deployment = @DeploymentId
$query$);

-- Reminders. A grain's hash says which silo looks after them; the second range is the one that goes around the end of the ring.

insert into orleans.orleansquery values ('UpsertReminderRowKey', $query$
    insert into orleans.reminders as r (service, grain, name, started, period, grain_hash)
    values (@ServiceId, @GrainId, @ReminderName, @StartTime, @Period, @GrainHash)
    on conflict (service, grain, name) do update
    set started = excluded.started, period = excluded.period, grain_hash = excluded.grain_hash, version = r.version + 1
    returning r.version as Version
$query$);

insert into orleans.orleansquery values ('ReadReminderRowsKey', $query$
    select grain as GrainId, name as ReminderName, started as StartTime, period as Period, version as Version
    from orleans.reminders where service = @ServiceId and grain = @GrainId
$query$);

insert into orleans.orleansquery values ('ReadReminderRowKey', $query$
    select grain as GrainId, name as ReminderName, started as StartTime, period as Period, version as Version
    from orleans.reminders where service = @ServiceId and grain = @GrainId and name = @ReminderName
$query$);

insert into orleans.orleansquery values ('ReadRangeRows1Key', $query$
    select grain as GrainId, name as ReminderName, started as StartTime, period as Period, version as Version
    from orleans.reminders where service = @ServiceId and grain_hash > @BeginHash and grain_hash <= @EndHash
$query$);

insert into orleans.orleansquery values ('ReadRangeRows2Key', $query$
    select grain as GrainId, name as ReminderName, started as StartTime, period as Period, version as Version
    from orleans.reminders where service = @ServiceId and (grain_hash > @BeginHash or grain_hash <= @EndHash)
$query$);

insert into orleans.orleansquery values ('DeleteReminderRowKey', $query$
    with gone as (
        delete from orleans.reminders
        where service = @ServiceId and grain = @GrainId and name = @ReminderName and version = @Version
        returning version
    )
    select exists (select from gone)
$query$);

insert into orleans.orleansquery values ('DeleteReminderRowsKey', $query$
    delete from orleans.reminders where service = @ServiceId
$query$);

-- States of grains. Who writes names the version it read, none for the first; the version that comes back is the old one when another was quicker.

insert into orleans.orleansquery values ('ReadFromStorageKey', $query$
    select payload as PayloadBinary, version as Version
    from orleans.grain_states
    where service = @ServiceId and grain_type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
      and extension is not distinct from @GrainIdExtensionString::text
$query$);

insert into orleans.orleansquery values ('WriteToStorageKey', $query$
    with changed as (
        update orleans.grain_states set payload = @PayloadBinary, version = version + 1, changed = now()
        where service = @ServiceId and grain_type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
          and extension is not distinct from @GrainIdExtensionString::text and version = @GrainStateVersion::integer
        returning version
    ), added as (
        insert into orleans.grain_states (service, grain_type, n0, n1, extension, payload)
        select @ServiceId, @GrainTypeString, @GrainIdN0, @GrainIdN1, @GrainIdExtensionString::text, @PayloadBinary
        where @GrainStateVersion::integer is null
        on conflict do nothing
        returning version
    )
    select coalesce((select version from changed), (select version from added), @GrainStateVersion::integer) as NewGrainStateVersion
$query$);

insert into orleans.orleansquery values ('ClearStorageKey', $query$
    update orleans.grain_states set payload = null, version = version + 1, changed = now()
    where service = @ServiceId and grain_type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
      and extension is not distinct from @GrainIdExtensionString::text and version = @GrainStateVersion::integer
    returning version as NewGrainStateVersion
$query$);

insert into orleans.orleansquery values ('DeleteStorageKey', $query$
    delete from orleans.grain_states
    where service = @ServiceId and grain_type = @GrainTypeString and n0 = @GrainIdN0 and n1 = @GrainIdN1
      and extension is not distinct from @GrainIdExtensionString::text and version = @GrainStateVersion::integer
    returning version + 1 as NewGrainStateVersion
$query$);

select asked.index, j.number, j.bytes
from unnest($1::bigint[]) with ordinality as asked (stream, index)
join mesh.journal j on j.stream = asked.stream
order by asked.index, j.number

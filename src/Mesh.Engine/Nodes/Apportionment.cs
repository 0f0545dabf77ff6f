namespace Mesh.Engine.Nodes;

/// <summary>Shares a whole number of things out in whole numbers.</summary>
internal static class Apportionment
{
    /// <param name="total">How many things; at most what the bounds allow together.</param>
    /// <param name="shares">What each is to have beside the others; above 0.</param>
    /// <param name="most">What each can have.</param>
    /// <param name="now">What each has: what cannot be shared evenly stays where it is.</param>
    public static int[] Of(int total, ReadOnlySpan<double> shares, ReadOnlySpan<int> most, ReadOnlySpan<int> now)
    {
        var quotas = Quotas(total, shares, most);
        var result = new int[quotas.Length];
        var order = new (double Remainder, int Now, int At)[quotas.Length];
        for (var i = 0; i < quotas.Length; i++)
        {
            result[i] = (int)quotas[i];
            order[i] = (Math.Round(quotas[i] - result[i], 6), now[i], i);
        }

        Array.Sort(order, (a, b) => b.CompareTo(a));
        for (var left = total - result.Sum(); left > 0;)
        {
            var before = left;
            foreach (var (_, _, at) in order)
            {
                if (left == 0 || result[at] >= most[at]) continue;
                result[at]++;
                left--;
            }

            if (left == before) break;
        }

        return result;
    }

    /// <summary>Who would have more than it can leaves the rest to the others.</summary>
    private static double[] Quotas(int total, ReadOnlySpan<double> shares, ReadOnlySpan<int> most)
    {
        var quotas = new double[shares.Length];
        var isFull = new bool[shares.Length];
        while (true)
        {
            double left = total, sum = 0;
            for (var i = 0; i < quotas.Length; i++)
            {
                if (isFull[i]) left -= most[i];
                else sum += shares[i];
            }

            var more = false;
            for (var i = 0; i < quotas.Length; i++)
            {
                if (isFull[i]) continue;
                quotas[i] = left * shares[i] / sum;
                if (quotas[i] < most[i]) continue;
                quotas[i] = most[i];
                isFull[i] = more = true;
            }

            if (!more) return quotas;
        }
    }
}

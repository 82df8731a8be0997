#!/usr/bin/env bash
# Which of the packages that we build on, and that they build on, are known to be vulnerable. Fails when one is. Package sources that
# publish no such data look as if there were nothing to tell: then it says that nothing was audited.
set -euo pipefail
cd "$(dirname "$0")"

not_audited() {
  echo "NOTE: the dependencies were not audited: $1" >&2
  exit 0
}

# Not among the packages: the machine's own runtime. ASP.NET Core before this one has known holes (CVE-2026-70183, -70188, -88092).
least=10.0.13
runtime=$(dotnet --list-runtimes 2>/dev/null | sed -n 's/^Microsoft.AspNetCore.App \([0-9.]*\).*/\1/p' | sort -V | tail -n 1 || true)
if [ "$(printf '%s\n' "$least" "${runtime:-0}" | sort -V | head -n 1)" = "$least" ]; then
  echo "Runtime: ASP.NET Core $runtime. What is newer than this script it does not know."
else
  echo "NOTE: ASP.NET Core ${runtime:-of no version} is here; where the app runs it must be $least or newer." >&2
fi
report=$(timeout 300 dotnet list package --vulnerable --include-transitive 2>&1) ||
  not_audited "dotnet list package failed: $(tail -n 1 <<<"$report")"
if grep -q 'has the following vulnerable packages' <<<"$report"; then
  echo "Known to be vulnerable:" >&2
  grep -E '^Project|^ +\[|^ +>' <<<"$report" >&2
  exit 1
fi
grep -q 'has no vulnerable packages' <<<"$report" ||
  not_audited "dotnet list package said nothing of any project."
command -v curl >/dev/null || not_audited "curl is not installed, and only the package sources know whether they publish data."
for source in $(grep -oE 'https?://[^[:space:]]+' <<<"$report" | sort -u); do
  # The resource that lists known vulnerabilities: learn.microsoft.com/nuget/api/vulnerability-info
  if curl -fsSL --max-time 30 "$source" 2>/dev/null | grep -q '"VulnerabilityInfo/'; then
    echo "No dependency is known to be vulnerable."
    exit 0
  fi
done
not_audited "no package source here publishes what is known to be vulnerable. Run ./audit.sh where nuget.org is one."

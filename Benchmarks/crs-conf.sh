# Sourced by the benchmarks. `crs_for_libmodsecurity [PARANOIA] [THRESHOLD]`: the rules file for the peer, as `--crs` loads them.
crs_for_libmodsecurity() {
  local level=${1:-1} threshold=${2:-5}
  cat <<CONF
SecRuleEngine On
SecRequestBodyAccess On
SecRequestBodyLimit 13107200
SecRequestBodyNoFilesLimit 131072
SecRule REQUEST_HEADERS:Content-Type "^(?:application(?:/soap\+|/)|text/)xml" "id:200000,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=XML"
SecRule REQUEST_HEADERS:Content-Type "^application/(?:[a-z0-9.-]+[+])?json" "id:200001,phase:1,t:none,t:lowercase,pass,nolog,ctl:requestBodyProcessor=JSON"
SecAuditEngine Off
Include /etc/modsecurity/crs/crs-setup.conf
SecAction "id:900001,phase:1,pass,nolog,t:none,setvar:tx.paranoia_level=$level,setvar:tx.executing_paranoia_level=$level,setvar:tx.inbound_anomaly_score_threshold=$threshold"
Include /usr/share/modsecurity-crs/rules/*.conf
CONF
}

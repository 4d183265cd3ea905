// A DNS zone that only this network sees.

@description('Tags of every resource.')
param tags object

@description('Name of the zone.')
param name string

@description('Network that resolves it.')
param networkId string

@description('Address that every name of the zone stands for; empty when others fill the zone.')
param wildcardAddress string = ''

resource zone 'Microsoft.Network/privateDnsZones@2024-06-01' = {
  name: name
  location: 'global'
  tags: tags
}

resource link 'Microsoft.Network/privateDnsZones/virtualNetworkLinks@2024-06-01' = {
  parent: zone
  name: uniqueString(networkId)
  location: 'global'
  tags: tags
  properties: {
    registrationEnabled: false
    virtualNetwork: {
      id: networkId
    }
  }
}

resource wildcard 'Microsoft.Network/privateDnsZones/A@2024-06-01' = if (!empty(wildcardAddress)) {
  parent: zone
  name: '*'
  properties: {
    ttl: 3600
    aRecords: [
      {
        ipv4Address: wildcardAddress
      }
    ]
  }
}

output ID string = zone.id
